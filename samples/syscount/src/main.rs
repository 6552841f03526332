// SPDX-License-Identifier: GPL-2.0
//! Counts system calls, their errors and the time that they take.
#![no_std]
#![no_main]

use rex::prelude::*;
use rex::time;

/// The numbers of one system call, on one CPU.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Stats {
    count: u64,
    errors: u64,
    /// Calls that have returned, and the nanoseconds that they took.
    returned: u64,
    time: u64,
}

/// Every CPU has its own numbers, so none are lost without a lock.
#[map]
static SYSCALLS: PerCpuArray<Stats> = PerCpuArray::with_max_entries(512);

/// The start of a thread's current call.
#[map]
static STARTS: HashMap<u32, Instant> = HashMap::with_max_entries(16384);

/// The process to trace; 0 for all.
#[map]
static PROCESS: Array<u32> = Array::with_max_entries(1);

/// Returns the current thread, if it is traced.
fn thread(ctx: &TaskContext) -> Option<u32> {
    let process = PROCESS.get(0).unwrap_or(0);
    (process == 0 || process == ctx.tgid()).then(|| ctx.pid())
}

fn change(ctx: &Context, nr: i64, change: impl FnOnce(&mut Stats)) {
    let stats = u32::try_from(nr)
        .ok()
        .and_then(|nr| SYSCALLS.lookup(ctx, nr));
    if let Some(stats) = stats {
        stats.update(change);
    }
}

#[tracepoint]
fn trace_syscall_enter(
    ctx: &mut TracepointContext<RawSyscallsEnterCtx>,
) -> Result {
    let Some(thread) = thread(ctx) else {
        return Ok(());
    };
    change(ctx, ctx.event().id, |stats| stats.count += 1);
    STARTS.insert(thread, time::now())
}

#[tracepoint]
fn trace_syscall_exit(
    ctx: &mut TracepointContext<RawSyscallsExitCtx>,
) -> Result {
    let Some(thread) = thread(ctx) else {
        return Ok(());
    };
    let Some(start) = STARTS.get(thread) else {
        return Ok(()); // it began before this program did
    };
    let now = time::now();
    change(ctx, ctx.event().id, |stats| {
        stats.errors += u64::from(ctx.event().ret < 0);
        stats.returned += 1;
        stats.time += now.as_ns().saturating_sub(start.as_ns());
    });
    STARTS.remove(thread)
}
