// SPDX-License-Identifier: GPL-2.0
//@ extern: deriver
//@ error: from the macro `deriver::peek_and_print`
//! Words that a macro prints while it is expanded hide nothing: they begin a string.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

deriver::peek_and_print!();

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    Ok(peek(regs.rdi() as usize).into())
}
