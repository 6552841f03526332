// SPDX-License-Identifier: GPL-2.0
//@ extern: mac_extern_2021
//@ error: crate `mac_extern_2021`, extern/mac_extern_2021.rs
//@ extern edition: 2021
//! A foreign function from such a macro is refused without the word unsafe, too.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

mac_extern_2021::declare!();

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    Ok(0)
}
