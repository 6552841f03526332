// SPDX-License-Identifier: GPL-2.0
//@ error: no rules expected
//@ edition: 2018 2021 2024
//! A function for the contexts of one type cannot be had for those of another.
#![no_std]
#![no_main]

use rex::Result;
use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;

fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    Ok(regs.rdi() as i32)
}

rex::__rex_program! {
    kprobe prog entry "prog" [section "kprobe"] 0u32 [{
        rex::__rex_prog_def!(6, entry, "other", "xdp", 0, None,);
        0
    }]
}
