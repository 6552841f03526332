#! [ r###"
// SPDX-License-Identifier: GPL-2.0
//@ extern: deriver
//@ error: from the macro `deriver::peek`
//! The first line is for a shell, as its space is none to the compiler. If it is taken
//! for source, a string begins there that ends after the macro.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

deriver::peek!();
const _: &str = "\"### \"";

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    Ok(peek(regs.rdi() as usize).into())
}
