// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A program cannot ask for an `obj` that lives forever.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe]
fn prog(_: &'static kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
