// SPDX-License-Identifier: GPL-2.0
//@ error: field `regs` of struct `PtRegs` is private
//! Registers cannot be written.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe]
fn prog(_: &kprobe, ctx: &mut PtRegs) -> Result {
    ctx.regs[16] = 0;
    Ok(0)
}
