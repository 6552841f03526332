// SPDX-License-Identifier: GPL-2.0
//@ error: this is no section of this kind of program
//! The macro under the attributes takes no section of another kind.
#![no_std]
#![no_main]

use rex::Result;
use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;

fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(1)
}

rex::__rex_program! { kprobe prog prog_entry "prog" [section "xdp"] 0u32 [] }
