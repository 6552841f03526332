// SPDX-License-Identifier: GPL-2.0
//! All arguments of the attributes.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe(function = "do_exit", timeout_ms = 1_000, default_ret = -1,)]
fn prog(_: &kprobe, ctx: &mut PtRegs) -> Result {
    Ok(ctx.rdi() as i32)
}
