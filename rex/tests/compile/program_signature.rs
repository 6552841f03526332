// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A program has the signature of its kind.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut u64) -> Result {
    Ok(0)
}
