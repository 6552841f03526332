// SPDX-License-Identifier: GPL-2.0
//! Two programs that count `dup(2)` of the descriptor that userspace names, in
//! maps that userspace reads.
#![no_std]
#![no_main]

mod names;

use core::sync::atomic::Ordering::Relaxed;

use rex::map::{RexArrayMap, RexHashMap};
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

/// Userspace writes this.
#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(2, 0);

/// The programs write this.
#[rex_map]
static totals: RexArrayMap<u64> = RexArrayMap::new(3, 0);

/// Calls of each thread, by its id.
#[rex_map]
static by_thread: RexHashMap<u32, u64> = RexHashMap::new(64, 0);

type Tracepoint = tracepoint<SyscallsEnterDupCtx>;

/// Counts in element `total`. None if the call is for another descriptor.
fn count(
    obj: &Tracepoint,
    ctx: &SyscallsEnterDupCtx,
    total: u32,
) -> Option<()> {
    let descriptor = obj.bpf_map_lookup_elem(&control, &DESCRIPTOR)?.get();
    if ctx.fildes != descriptor {
        return None;
    }
    let element = obj.bpf_map_lookup_elem(&totals, &total)?;
    element.atomic().fetch_add(1, Relaxed);
    Some(())
}

fn count_thread(obj: &Tracepoint) -> Option<()> {
    let thread = obj.bpf_get_current_pid_tgid() as u32;
    if by_thread.insert_new(&thread, &1).is_ok() {
        return Some(());
    }
    let calls = obj.bpf_map_lookup_elem(&by_thread, &thread)?;
    calls.atomic().fetch_add(1, Relaxed);
    Some(())
}

fn pass_on(obj: &Tracepoint) -> Option<()> {
    let value = obj.bpf_map_lookup_elem(&control, &PASS_ON)?.get();
    obj.bpf_map_lookup_elem(&totals, &PASSED_ON)?.set(value);
    Some(())
}

#[rex_tracepoint]
fn counts_first(obj: &Tracepoint, ctx: &SyscallsEnterDupCtx) -> Result {
    if count(obj, ctx, FIRST).is_some() {
        count_thread(obj).and_then(|()| pass_on(obj)).ok_or(1)?;
    }
    Ok(0)
}

#[rex_tracepoint]
fn counts_second(obj: &Tracepoint, ctx: &SyscallsEnterDupCtx) -> Result {
    count(obj, ctx, SECOND);
    Ok(0)
}
