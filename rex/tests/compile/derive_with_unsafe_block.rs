// SPDX-License-Identifier: GPL-2.0
//@ extern: deriver
//@ error: derive_with_unsafe_block.rs:1
//@ error: a Rex program has no unsafe code
//! An unsafe block from a derive is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[derive(deriver::AsBytes)]
struct Word(u64);

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    Word::at(regs.rdi() as usize).0 = 1;
    Ok(0)
}
