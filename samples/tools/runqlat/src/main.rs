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
    /// A cgroup with the members that the crate lacks. `ancestors` are the cgroups that
    /// contain it, and itself as the last one.
    struct cgroup {
        level: i32,
        ancestors: [Ptr<cgroup>],
        kn: Ptr<kernfs_node>,
    }

    struct kernfs_node {
        id: u64,
    }
}

/// A cgroup: the inode number of its folder, and its depth.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Cgroup {
    id: u64,
    level: u32,
    _reserved: u32,
}

/// The selected cgroup; the id 0 selects all.
#[config]
static CGROUP: Config<Cgroup> = Config::new(Cgroup {
    id: 0,
    level: 0,
    _reserved: 0,
});

/// The selected process; 0 selects all.
#[config]
static PROCESS: Config<i32> = Config::new(0);

/// The subject of a histogram: 0 for all threads, 1 for a process, 2 for a thread, 3 for a
/// PID namespace.
#[config]
static PER: Config<u32> = Config::new(0);

/// Count milliseconds instead of microseconds.
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

/// The time at which a thread became ready.
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

/// Counts the wait of a thread that gets a CPU.
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
        // This fails if another CPU has just inserted the element.
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
    // A thread with another state was about to sleep, unless it was preempted.
    if is_preempted || read!(prev.state)? == 0 {
        is_ready(prev)?;
    }
    runs(ctx, next)
}
