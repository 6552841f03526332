// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! Keys have the type that the map says.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexHashMap<u32, u64> = RexHashMap::new(1, 0);

pub fn f(obj: &tracepoint<SyscallsEnterDupCtx>, key: &u64) -> bool {
    obj.bpf_map_lookup_elem(&MAP, key).is_none()
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
