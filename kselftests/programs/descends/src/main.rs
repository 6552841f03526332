// SPDX-License-Identifier: GPL-2.0
//! Recursion at `dup(2)` of one descriptor, as deep as userspace says.
#![no_std]
#![no_main]

mod names;

use core::hint::black_box;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

#[rex_map]
static depth: RexArrayMap<u64> = RexArrayMap::new(2, 0);

/// Calls itself with its frame in use, so the compiler makes no loop.
#[inline(never)]
fn descend(level: u64, wanted: u64) -> u64 {
    let mut frame = [level; 24];
    black_box(&mut frame);
    if level == wanted {
        return frame[0];
    }
    descend(level + 1, wanted).max(frame[23])
}

#[rex_tracepoint]
fn descends(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if ctx.fildes != DESCEND {
        return Ok(0);
    }
    let wanted = obj.bpf_map_lookup_elem(&depth, &WANTED).ok_or(1)?.get();
    let reached = descend(1, wanted);
    depth.insert(&REACHED, &reached)
}
