// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! An `obj` belongs to a run: it cannot be in a static.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

pub static KEPT: Option<&'static kprobe> = None;

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
