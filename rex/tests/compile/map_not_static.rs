// SPDX-License-Identifier: GPL-2.0
//@ error: does not live long enough
//! A map that is no static cannot be used.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexHashMap<u32, u64> = RexHashMap::new(1, 0);

pub fn f(obj: &tracepoint<SyscallsEnterDupCtx>) -> bool {
    let map = rex::map::__declare_map(RexHashMap::<u32, u64>::new(1, 0));
    obj.bpf_map_lookup_elem(&map, &1).is_none()
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
