// SPDX-License-Identifier: GPL-2.0
//@ error: SpinLocked<u64>: Pod`
//! A value with a lock is not read without it.
#![no_std]
#![no_main]

use rex::map::*;
use rex::spinlock::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexArrayMap<SpinLocked<u64>> = RexArrayMap::new(1, 0);

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    let element = obj.bpf_map_lookup_elem(&MAP, &0).ok_or(-1)?;
    let _ = element.get();
    Ok(0)
}
