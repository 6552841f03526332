// SPDX-License-Identifier: GPL-2.0
//! Counts `open(2)` and `openat(2)`, on entry and on return.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;

type Counter = Array<u32>;

#[map]
static enter_open_map: Counter = Counter::with_max_entries(1);

#[map]
static exit_open_map: Counter = Counter::with_max_entries(1);

fn count(ctx: &Context, map: &'static Counter) {
    if let Some(count) = map.lookup(ctx, 0) {
        count.atomic().fetch_add(1, Relaxed);
    }
}

#[tracepoint]
fn trace_enter_open(ctx: &mut TracepointContext<SyscallsEnterOpenCtx>) {
    count(ctx, &enter_open_map);
}

#[tracepoint]
fn trace_enter_open_at(ctx: &mut TracepointContext<SyscallsEnterOpenatCtx>) {
    count(ctx, &enter_open_map);
}

#[tracepoint]
fn trace_exit_open(ctx: &mut TracepointContext<SyscallsExitOpenCtx>) {
    count(ctx, &exit_open_map);
}

#[tracepoint]
fn trace_exit_open_at(ctx: &mut TracepointContext<SyscallsExitOpenatCtx>) {
    count(ctx, &exit_open_map);
}
