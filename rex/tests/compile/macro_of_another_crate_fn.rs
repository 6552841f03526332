// SPDX-License-Identifier: GPL-2.0
//@ extern: mac_fn
//@ error: crate `mac_fn`, extern/mac_fn.rs
//! An unsafe function from the macro of another crate is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

mac_fn::make!(read);

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    Ok(0)
}
