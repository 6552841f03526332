// SPDX-License-Identifier: GPL-2.0
//@ extern: deriver
//@ error: attribute_with_unsafe_block.rs:1
//@ error: a Rex program has no unsafe code
//! An unsafe block from an attribute is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[deriver::raw]
fn read() {}

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    Ok(read(regs.rdi() as usize).into())
}
