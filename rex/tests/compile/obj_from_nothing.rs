// SPDX-License-Identifier: GPL-2.0
//@ error: kprobe` is private
//! There is no other way to have an `obj`.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    let _ = kprobe {
        _run: core::marker::PhantomData,
    };
    Ok(0)
}
