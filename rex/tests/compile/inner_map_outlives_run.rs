// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A map out of a map does not outlive the run.
#![no_std]
#![no_main]

use rex::linux::bpf::BPF_MAP_TYPE_ARRAY;
use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexArrayOfMaps<RexArrayMap<u64>> =
    RexArrayOfMaps::with_inner(1, 0, RexArrayMap::new(1, 0));

pub fn f(
    obj: &tracepoint<SyscallsEnterDupCtx>,
) -> Option<InnerMap<'static, BPF_MAP_TYPE_ARRAY, u32, u64>> {
    MAP.get(obj, &0)
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
