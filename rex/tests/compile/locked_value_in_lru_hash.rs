// SPDX-License-Identifier: GPL-2.0
//@ error: values with a lock are for arrays and hash tables
//! The kernel has no locks in other maps.
#![no_std]
#![no_main]

use rex::map::*;
use rex::spinlock::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexLruHashMap<u32, SpinLocked<u64>> = RexLruHashMap::new(1, 0);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
