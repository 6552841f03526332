// SPDX-License-Identifier: GPL-2.0
//! Counts `open(2)` and `openat(2)`, on entry and on return.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use core::sync::atomic::Ordering::Relaxed;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

type Counter = RexArrayMap<u32>;

#[rex_map]
static enter_open_map: Counter = Counter::new(1, 0);

#[rex_map]
static exit_open_map: Counter = Counter::new(1, 0);

fn count<C: TracepointContext>(
    obj: &tracepoint<C>,
    map: &'static Counter,
) -> Result {
    if let Some(count) = obj.bpf_map_lookup_elem(map, &0) {
        count.atomic().fetch_add(1, Relaxed);
    }
    Ok(0)
}

#[rex_tracepoint]
fn trace_enter_open(
    obj: &tracepoint<SyscallsEnterOpenCtx>,
    _: &'static SyscallsEnterOpenCtx,
) -> Result {
    count(obj, &enter_open_map)
}

#[rex_tracepoint]
fn trace_enter_open_at(
    obj: &tracepoint<SyscallsEnterOpenatCtx>,
    _: &'static SyscallsEnterOpenatCtx,
) -> Result {
    count(obj, &enter_open_map)
}

#[rex_tracepoint]
fn trace_exit_open(
    obj: &tracepoint<SyscallsExitOpenCtx>,
    _: &'static SyscallsExitOpenCtx,
) -> Result {
    count(obj, &exit_open_map)
}

#[rex_tracepoint]
fn trace_exit_open_at(
    obj: &tracepoint<SyscallsExitOpenatCtx>,
    _: &'static SyscallsExitOpenatCtx,
) -> Result {
    count(obj, &exit_open_map)
}
