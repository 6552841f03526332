// SPDX-License-Identifier: GPL-2.0
//@ error: cannot find value `PROG_TYPE` in module
//! The macro takes modules of the crate that have programs.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

rex::__rex_program! { of prog prog entry "prog" "kprobe" 0u32 [] }

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
