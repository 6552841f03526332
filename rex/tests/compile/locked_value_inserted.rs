// SPDX-License-Identifier: GPL-2.0
//@ error: SpinLocked<u64>: Pod`
//! A value with a lock is not written by the functions of the map.
#![no_std]
#![no_main]

use rex::map::*;
use rex::spinlock::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexArrayMap<SpinLocked<u64>> = RexArrayMap::new(1, 0);

pub fn value() -> SpinLocked<u64> {
    loop {}
}

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    let _ = obj;
    MAP.insert(&0, &value())
}
