// SPDX-License-Identifier: GPL-2.0
//@ extern: deriver
//@ error: procedural_macro_with_foreign_function.rs:1
//@ error: a Rex program has no unsafe code
//! A foreign function from a procedural macro is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

deriver::foreign!();

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    rex_heap_free(regs.rdi() as usize);
    Ok(0)
}
