// SPDX-License-Identifier: GPL-2.0
//@ extern: mac_impl
//@ error: crate `mac_impl`, extern/mac_impl.rs
//! An unsafe impl from the macro of another crate is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[allow(dead_code)]
struct Shared(core::cell::Cell<u8>);
mac_impl::share!(Shared);

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    Ok(0)
}
