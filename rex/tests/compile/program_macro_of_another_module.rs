// SPDX-License-Identifier: GPL-2.0
//@ error: cannot find `prog` in `kind`
//! The macro takes kinds of programs that the crate has.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

rex::__rex_program! { prog prog entry "prog" [section "kprobe"] 0u32 [] }

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
