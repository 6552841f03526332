// SPDX-License-Identifier: GPL-2.0
//@ error: the size for values of type `[u64]` cannot be known
//! Registers cannot be swapped with others.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

pub fn exchange(a: &mut PtRegs, b: &mut PtRegs) {
    core::mem::swap(a, b);
}

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
