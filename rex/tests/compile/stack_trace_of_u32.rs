// SPDX-License-Identifier: GPL-2.0
//@ error: the value of a stack trace is an array of u64
//! The kernel stores addresses.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexStackTrace<u32, [u32; 3]> = RexStackTrace::new(1, 0);

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    obj.bpf_get_stackid(ctx, &MAP, 0)
}
