// SPDX-License-Identifier: GPL-2.0
//@ error: elements with a lock are preallocated
//! The memory of a deleted element is not to become something else.
#![no_std]
#![no_main]

use rex::linux::bpf::BPF_F_NO_PREALLOC;
use rex::map::*;
use rex::spinlock::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexHashMap<u32, SpinLocked<u64>> =
    RexHashMap::new(1, BPF_F_NO_PREALLOC);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
