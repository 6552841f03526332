// SPDX-License-Identifier: GPL-2.0
//@ error: no method named `bpf_override_return`
//! Only kprobes can replace a return value.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

use rex::pt_regs::PtRegs;

pub fn f(obj: &tracepoint<SyscallsEnterDupCtx>, regs: &mut PtRegs) -> i32 {
    obj.bpf_override_return(regs, 0)
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
