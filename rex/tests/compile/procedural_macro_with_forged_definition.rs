// SPDX-License-Identifier: GPL-2.0
//@ extern: deriver
//@ error: procedural_macro_with_forged_definition.rs:1
//@ error: a Rex program has no unsafe code
//! A definition of a program that looks as if the crate had made it is refused.
#![no_std]
#![no_main]

use rex::Result;
use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::rex_kprobe;

deriver::forged_definition!();

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
