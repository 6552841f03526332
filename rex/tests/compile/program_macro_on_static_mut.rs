// SPDX-License-Identifier: GPL-2.0
//@ error: constant accesses mutable global memory
//! The macro under the attribute does not make a mutable static safe.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

static mut PROG: rex::kprobe::Program =
    |_: &kprobe, _: &mut PtRegs| -> Result { Ok(0) };

rex::__rex_program! { kprobe PROG entry "prog" [section "kprobe"] 0u32 [] }
