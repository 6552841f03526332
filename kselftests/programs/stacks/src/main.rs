// SPDX-License-Identifier: GPL-2.0
//! Programs that copy stacks, in an object without a map of stacks: nobody else has
//! the kernel make the buffers that it walks stacks into.
#![no_std]
#![no_main]

use rex::map::RexArrayMap;
use rex::perf_event::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_perf_event, rex_tracepoint};

/// The event; and what the programs find: how many bytes, or the error.
#[rex_map]
static found: RexArrayMap<u64> = RexArrayMap::new(3, 0);

fn note(index: u32, result: Result) -> Result {
    let (Ok(number) | Err(number)) = result;
    found.insert(&index, &(i64::from(number) as u64))
}

#[rex_tracepoint]
fn on_dup(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if found.get(&0) != Some(ctx.fildes) {
        return Ok(0);
    }
    let mut stack = [0; 8];
    note(1, obj.bpf_get_stack(ctx, &mut stack, 0))
}

/// A stack of the kernel stays noted: samples of userspace have none.
#[rex_perf_event]
fn on_sample(obj: &perf_event, ctx: &bpf_perf_event_data) -> Result {
    let mut stack = [0; 8];
    if found.get(&2).is_some_and(|length| length as i64 > 0) {
        return Ok(0);
    }
    note(2, obj.bpf_get_stack_pe(ctx, &mut stack, 0))
}
