// SPDX-License-Identifier: GPL-2.0
//@ extern: deriver
//@ error: a comment or a string has a name in it that the compiler has marked
//! Single characters of a macro that look like a comment together hide nothing.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

deriver::peek_in_comment!();

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    Ok(peek(regs.rdi() as usize).into())
}
