// SPDX-License-Identifier: GPL-2.0
//@ extern: hidden_in_trait_method
//@ error: no_mangle
//! A function of the runtime, defined in the type that a method of a trait returns.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

extern crate alloc;

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    use core::sync::atomic::Ordering::Relaxed;
    hidden_in_trait_method::WHERE.store(regs.rdi() as usize, Relaxed);
    core::hint::black_box(
        <hidden_in_trait_method::Outer as hidden_in_trait_method::Hook>::go(),
    );
    core::mem::forget(core::hint::black_box(alloc::boxed::Box::new(7)));
    Ok(0)
}
