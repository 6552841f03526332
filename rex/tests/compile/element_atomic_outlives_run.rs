// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! An atomic integer in an element does not outlive the run.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexHashMap<u32, u64> = RexHashMap::new(1, 0);

use core::sync::atomic::AtomicU64;

pub fn f(obj: &tracepoint<SyscallsEnterDupCtx>) -> Option<&'static AtomicU64> {
    Some(obj.bpf_map_lookup_elem(&MAP, &1)?.atomic())
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
