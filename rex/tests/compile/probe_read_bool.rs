// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! Kernel memory is not read as a type with invalid values.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    let mut value = false;
    obj.bpf_probe_read_kernel(&mut value, ctx.fildes as usize as *const ())
}
