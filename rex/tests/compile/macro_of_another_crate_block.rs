// SPDX-License-Identifier: GPL-2.0
//@ extern: mac_block
//@ error: crate `mac_block`, extern/mac_block.rs
//! An unsafe block in the macro of another crate is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    let _ = mac_block::peek!(regs.rdi() as *const u64);
    Ok(0)
}
