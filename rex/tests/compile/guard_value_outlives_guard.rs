// SPDX-License-Identifier: GPL-2.0
//@ error: does not live long enough
//! The value under a lock is gone with the guard.
#![no_std]
#![no_main]

use rex::map::*;
use rex::spinlock::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexArrayMap<SpinLocked<u64>> = RexArrayMap::new(1, 0);

pub fn f(
    obj: &tracepoint<SyscallsEnterDupCtx>,
) -> core::result::Result<u64, i32> {
    let element = obj.bpf_map_lookup_elem(&MAP, &0).ok_or(-1)?;
    let value = {
        let guard = element.lock()?;
        &*guard
    };
    Ok(*value)
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
