// SPDX-License-Identifier: GPL-2.0
//@ error: a program has no generic parameters
//! A program is not generic.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe]
fn prog<T>(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
