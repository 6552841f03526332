// SPDX-License-Identifier: GPL-2.0
//@ error: unknown argument `functoin`
//! Unknown arguments are refused.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe(functoin = "do_exit")]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
