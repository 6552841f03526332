// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A stack begins at the registers of a probe, not at those of one's own.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[rex_kprobe]
fn prog(obj: &kprobe, _: &mut PtRegs) -> Result {
    obj.bpf_get_stack(&[0_u64; 21], &mut [0; 8], 0)
}
