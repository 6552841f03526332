// SPDX-License-Identifier: GPL-2.0
//@ error: the size for values of type `[u64]` cannot be known
//! Registers cannot be moved out of an event.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe]
fn prog(_: &kprobe, ctx: &mut PtRegs) -> Result {
    let copy = *ctx;
    Ok(copy.rdi() as i32)
}
