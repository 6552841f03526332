// SPDX-License-Identifier: GPL-2.0
//! Programs that copy stacks, in an object without a map of stacks, so no other carrier
//! makes the kernel allocate the buffers for stacks.
#![no_std]
#![no_main]

mod names;

use rex::map::RexArrayMap;
use rex::perf_event::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_perf_event, rex_tracepoint};

use names::*;

/// Results of the programs.
#[rex_map]
static found: RexArrayMap<u64> = RexArrayMap::new(2, 0);

fn note(index: u32, result: Result) -> Result {
    let (Ok(number) | Err(number)) = result;
    found.insert(&index, &(i64::from(number) as u64))
}

#[rex_tracepoint]
fn on_dup(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if ctx.fildes != COPY {
        return Ok(0);
    }
    let mut stack = [0; 8];
    note(OF_DUP, obj.bpf_get_stack(ctx, &mut stack, 0))
}

/// Keeps a recorded stack of the kernel, since samples in userspace have none.
#[rex_perf_event]
fn on_sample(obj: &perf_event, ctx: &bpf_perf_event_data) -> Result {
    let mut stack = [0; 8];
    if found
        .get(&OF_SAMPLE)
        .is_some_and(|length| length as i64 > 0)
    {
        return Ok(0);
    }
    note(OF_SAMPLE, obj.bpf_get_stack_pe(ctx, &mut stack, 0))
}
