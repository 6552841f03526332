// SPDX-License-Identifier: GPL-2.0
//@ extern: deriver
//@ error: derive_with_unsafe_impl.rs:1
//@ error: a Rex program has no unsafe code
//! An unsafe impl from a derive is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[allow(dead_code)]
#[derive(deriver::Shared)]
struct Word(core::cell::Cell<u8>);

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    Ok(0)
}
