// SPDX-License-Identifier: GPL-2.0
//@ extern: mac_asm
//@ error: crate `mac_asm`, extern/mac_asm.rs
//! Assembly in the macro of another crate is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    mac_asm::cli!();
    Ok(0)
}
