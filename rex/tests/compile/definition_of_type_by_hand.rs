// SPDX-License-Identifier: GPL-2.0
//@ error: no rules expected
//! The macro under the attributes takes no type from the program.
#![no_std]
#![no_main]

use rex::Result;
use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;

fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(1)
}

rex::__rex_program! {
    26 prog prog_entry "prog" [section "fmod_ret/security_file_alloc"] 0u32 []
}
