// SPDX-License-Identifier: GPL-2.0
//! Counts system calls, their errors and the time that they take.
#![no_std]
#![no_main]

use rex::linux::bpf::BPF_ANY;
use rex::map::{RexArrayMap, RexHashMap, RexPerCPUArrayMap};
use rex::tracepoint::*;
use rex::{Pod, Result, rex_map, rex_tracepoint};

/// Of one system call, on one CPU.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Stats {
    count: u64,
    errors: u64,
    /// Calls that have returned, and the nanoseconds that they took.
    returned: u64,
    time: u64,
}

/// Every CPU has numbers of its own, so that none are lost without locking.
#[rex_map]
static SYSCALLS: RexPerCPUArrayMap<Stats> = RexPerCPUArrayMap::new(512, 0);

/// When the call began that a thread is in.
#[rex_map]
static STARTS: RexHashMap<u32, u64> = RexHashMap::new(16384, 0);

/// The process to look at; 0: all.
#[rex_map]
static PROCESS: RexArrayMap<u32> = RexArrayMap::new(1, 0);

/// The current thread, if it is of interest.
fn thread<C: TracepointContext>(obj: &tracepoint<C>) -> Option<u32> {
    let ids = obj.bpf_get_current_pid_tgid();
    let process = PROCESS.get(&0).unwrap_or(0);
    (process == 0 || process == (ids >> 32) as u32).then_some(ids as u32)
}

fn change<C: TracepointContext>(
    obj: &tracepoint<C>,
    nr: i64,
    change: impl FnOnce(&mut Stats),
) {
    let stats = u32::try_from(nr)
        .ok()
        .and_then(|nr| obj.bpf_map_lookup_elem(&SYSCALLS, &nr));
    if let Some(stats) = stats {
        stats.update(change);
    }
}

#[rex_tracepoint]
fn trace_syscall_enter(
    obj: &tracepoint<RawSyscallsEnterCtx>,
    ctx: &'static RawSyscallsEnterCtx,
) -> Result {
    let Some(thread) = thread(obj) else {
        return Ok(0);
    };
    change(obj, ctx.id, |stats| stats.count += 1);
    let now = obj.bpf_ktime_get_ns();
    obj.bpf_map_update_elem(&STARTS, &thread, &now, BPF_ANY)
}

#[rex_tracepoint]
fn trace_syscall_exit(
    obj: &tracepoint<RawSyscallsExitCtx>,
    ctx: &'static RawSyscallsExitCtx,
) -> Result {
    let Some(thread) = thread(obj) else {
        return Ok(0);
    };
    let Some(start) = STARTS.get(&thread) else {
        return Ok(0); // it began before this program did
    };
    let time = obj.bpf_ktime_get_ns().saturating_sub(start);
    change(obj, ctx.id, |stats| {
        stats.errors += u64::from(ctx.ret < 0);
        stats.returned += 1;
        stats.time += time;
    });
    obj.bpf_map_delete_elem(&STARTS, &thread)
}
