// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be dereferenced
//! There is no reference to an element.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexHashMap<u32, u64> = RexHashMap::new(1, 0);

pub fn f(obj: &tracepoint<SyscallsEnterDupCtx>) {
    if let Some(value) = obj.bpf_map_lookup_elem(&MAP, &1) {
        *value += 1;
    }
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
