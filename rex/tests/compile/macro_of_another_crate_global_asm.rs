// SPDX-License-Identifier: GPL-2.0
//@ extern: mac_global_asm
//@ error: crate `mac_global_asm`, extern/mac_global_asm.rs
//! Assembly outside of functions in the macro of another crate is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

mac_global_asm::define!();

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    Ok(0)
}
