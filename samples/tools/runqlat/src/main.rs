// SPDX-License-Identifier: GPL-2.0
//! Counts how long threads that are ready to run wait for a CPU, in histograms by powers
//! of two.
#![no_std]
#![no_main]

use core::sync::atomic::Ordering::Relaxed;

use rex::kernel::task_struct;
use rex::prelude::*;
use rex::time::{self, Instant};

rex::kernel! {
    /// A cgroup, as far as it is not in the crate: those that it is in, with itself as the
    /// last one.
    struct cgroup {
        level: i32,
        ancestors: [Ptr<cgroup>],
        kn: Ptr<kernfs_node>,
    }

    struct kernfs_node {
        id: u64,
    }
}

/// A cgroup: the number of its folder's inode, and how deep it is.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Cgroup {
    id: u64,
    level: u32,
    _reserved: u32,
}

/// In this cgroup only, unless its id is 0.
#[config]
static CGROUP: Config<Cgroup> = Config::new(Cgroup {
    id: 0,
    level: 0,
    _reserved: 0,
});

/// Of this process only, unless it is 0.
#[config]
static PROCESS: Config<i32> = Config::new(0);

/// What there is a histogram for: 0 all, 1 each process, 2 each thread, 3 each namespace
/// of processes.
#[config]
static PER: Config<u32> = Config::new(0);

/// Milliseconds, not microseconds.
#[config]
static MILLISECONDS: Config<bool> = Config::new(false);

const PER_PROCESS: u32 = 1;
const PER_THREAD: u32 = 2;
const PER_NAMESPACE: u32 = 3;

const SLOTS: usize = 27;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Histogram {
    slots: [u64; SLOTS],
    comm: [u8; 16],
}

/// Since when a thread has been ready.
#[map]
static READY: HashMap<i32, Instant> = HashMap::with_max_entries(65536);

#[map]
static HISTOGRAMS: HashMap<u32, Histogram> = HashMap::with_max_entries(10240);

fn is_in_cgroup(task: Ptr<task_struct>) -> Result<bool> {
    let wanted = CGROUP.get();
    if wanted.id == 0 {
        return Ok(true);
    }
    let cgroup = read!(task.cgroups.dfl_cgrp)?.cast::<cgroup>();
    let level = wanted.level as i32;
    Ok(level <= read!(cgroup.level)?
        && read!(cgroup.ancestors[level as usize].kn.id)? == wanted.id)
}

fn is_ready(task: Ptr<task_struct>) -> Result {
    let thread = read!(task.pid)?;
    // The idle task has the number 0, and is always ready.
    if thread == 0
        || PROCESS.get() != 0 && PROCESS.get() != read!(task.tgid)?
        || !is_in_cgroup(task)?
    {
        return Ok(());
    }
    READY.insert(thread, time::now())
}

/// It gets a CPU.
fn runs(ctx: &TaskContext, task: Ptr<task_struct>) -> Result {
    let thread = read!(task.pid)?;
    let Some(ready) = READY.get(thread) else {
        return Ok(());
    };
    READY.remove(thread)?;
    let waited = ready.elapsed();
    let waited = if MILLISECONDS.get() {
        waited.as_millis()
    } else {
        waited.as_micros()
    } as u64;
    let key = match PER.get() {
        PER_PROCESS => read!(task.tgid)? as u32,
        PER_THREAD => thread as u32,
        PER_NAMESPACE => {
            let pid = read!(task.thread_pid)?;
            let level = read!(pid.level)? as usize;
            read!(pid.numbers[level].ns.inum)?
        }
        _ => 0,
    };
    if HISTOGRAMS.lookup(ctx, key).is_none() {
        let histogram = Histogram {
            slots: [0; SLOTS],
            comm: read!(task.comm)?,
        };
        // If another CPU is faster, this fails, and the element is there.
        let _ = HISTOGRAMS.insert_new(key, histogram);
    }
    let histogram = HISTOGRAMS.lookup(ctx, key).ok_or(Errno::ENOSPC)?;
    let slot = (waited.max(1).ilog2() as usize).min(SLOTS - 1);
    if let Some(slot) = rex::part!(histogram, Histogram, slots).at(slot) {
        slot.atomic().fetch_add(1, Relaxed);
    }
    Ok(())
}

#[raw_tracepoint("sched_wakeup")]
fn on_wakeup(_: &mut RawTracepointContext, task: Ptr<task_struct>) -> Result {
    is_ready(task)
}

#[raw_tracepoint("sched_wakeup_new")]
fn on_wakeup_new(
    _: &mut RawTracepointContext,
    task: Ptr<task_struct>,
) -> Result {
    is_ready(task)
}

#[raw_tracepoint("sched_switch")]
fn on_switch(
    ctx: &mut RawTracepointContext,
    is_preempted: bool,
    prev: Ptr<task_struct>,
    next: Ptr<task_struct>,
) -> Result {
    // It was about to sleep if it has another state, unless somebody took the CPU from it.
    if is_preempted || read!(prev.state)? == 0 {
        is_ready(prev)?;
    }
    runs(ctx, next)
}
