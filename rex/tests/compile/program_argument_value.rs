// SPDX-License-Identifier: GPL-2.0
//@ error: this is not the name of a kernel function
//@ error: expected a number of milliseconds
//! Bad values are refused.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe(function = "do exit")]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}

#[rex_kprobe(timeout_ms = 0)]
fn prog2(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
