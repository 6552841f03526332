// SPDX-License-Identifier: GPL-2.0
//@ calls: rex_find_hash
//! An element of a hash table is found by one direct call of the kernel's
//! function for just that type.
#![no_std]
#![no_main]

use core::sync::atomic::Ordering::Relaxed;

use rex::map::RexHashMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static COUNTS: RexHashMap<u32, u64> = RexHashMap::new(64, 0);

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    match obj.bpf_map_lookup_elem(&COUNTS, &(ctx.fildes as u32)) {
        Some(count) => {
            count.atomic().fetch_add(1, Relaxed);
            Ok(0)
        }
        None => Ok(-1),
    }
}
