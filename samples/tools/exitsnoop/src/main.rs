// SPDX-License-Identifier: GPL-2.0
//! Reports the processes that end, and why.
#![no_std]
#![no_main]

use rex::prelude::*;
use rex::time;

rex::kernel! {
    struct task_struct {
        pid: i32,
        tgid: i32,
        comm: [u8; 16],
        start_time: u64,
        exit_code: i32,
        real_parent: Ptr<task_struct>,
        group_leader: Ptr<task_struct>,
        signal: Ptr<signal_struct>,
    }

    struct signal_struct {
        group_exit_code: i32,
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

/// The selected process; 0 selects all.
#[config]
static PROCESS: Config<u32> = Config::new(0);

/// The selected cgroup; the id 0 selects all.
#[config]
static CGROUP: Config<Cgroup> = Config::new(Cgroup {
    id: 0,
    level: 0,
    _reserved: 0,
});

/// Report failures only.
#[config]
static FAILED: Config<bool> = Config::new(false);

/// Report each thread instead of each process.
#[config]
static THREADS: Config<bool> = Config::new(false);

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Exit {
    /// Nanoseconds from start to end.
    age: u64,
    process: i32,
    parent: i32,
    thread: i32,
    /// The status as in wait(2).
    status: i32,
    comm: [u8; 16],
}

#[map]
static EXITS: RingBuf = RingBuf::with_size(1 << 20);

fn is_wanted(ctx: &TaskContext) -> bool {
    let cgroup = CGROUP.get();
    (PROCESS.get() == 0 || PROCESS.get() == ctx.tgid())
        && (cgroup.id == 0
            || ctx.ancestor_cgroup_id(cgroup.level as i32) == cgroup.id)
}

/// Runs for each thread that ends. The kernel says whether it is the last one of its
/// process. The first thread may have ended long before.
#[fentry("taskstats_exit")]
fn on_exit(
    ctx: &mut FentryContext,
    task: Ptr<task_struct>,
    is_last: i32,
) -> Result {
    if !is_wanted(ctx) || is_last == 0 && !THREADS.get() {
        return Ok(());
    }
    let (task, status) = if THREADS.get() {
        (task, read!(task.exit_code)?)
    } else {
        let leader = read!(task.group_leader)?;
        (leader, read!(task.signal.group_exit_code)?)
    };
    if FAILED.get() && status == 0 {
        return Ok(());
    }
    let start = time::Instant::from_ns(read!(task.start_time)?);
    EXITS.output(&Exit {
        age: start.elapsed().as_nanos() as u64,
        process: read!(task.tgid)?,
        parent: read!(task.real_parent.tgid)?,
        thread: read!(task.pid)?,
        status,
        comm: read!(task.comm)?,
    })
}
