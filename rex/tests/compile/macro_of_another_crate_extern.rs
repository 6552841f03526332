// SPDX-License-Identifier: GPL-2.0
//@ extern: mac_extern
//@ error: crate `mac_extern`, extern/mac_extern.rs
//! A foreign function from the macro of another crate is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

mac_extern::declare!();

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    rex_heap_free(regs.rdi() as usize);
    Ok(0)
}
