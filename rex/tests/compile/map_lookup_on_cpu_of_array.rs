// SPDX-License-Identifier: GPL-2.0
//@ error: the trait bound `MapType<2>: rex::map::PerCpu` is not satisfied
//! Only per-CPU maps have values of other CPUs.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexArrayMap<u64> = RexArrayMap::new(1, 0);

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    obj.bpf_map_lookup_percpu_elem(&MAP, &0, 1).ok_or(-1)?;
    Ok(0)
}
