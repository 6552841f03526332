// SPDX-License-Identifier: GPL-2.0
//! A program that runs, at `dup(2)` of one descriptor, until userspace has seen
//! it run.
#![no_std]
#![no_main]

mod names;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

/// The program ends by itself after these nanoseconds.
const LIMIT: u64 = 3_000_000_000;

#[rex_map]
static gate: RexArrayMap<u64> = RexArrayMap::new(3, 0);

#[rex_tracepoint(timeout_ms = 5000)]
fn spins(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if ctx.fildes != SPIN {
        return Ok(0);
    }
    let go_on = obj.bpf_map_lookup_elem(&gate, &GO_ON).ok_or(1)?;
    let end = obj.bpf_ktime_get_ns() + LIMIT;
    gate.insert(&RUNNING, &1)?;
    while go_on.get() == 0 {
        if obj.bpf_ktime_get_ns() > end {
            gate.insert(&TIMED_OUT, &1)?;
            break;
        }
    }
    gate.insert(&RUNNING, &2)
}
