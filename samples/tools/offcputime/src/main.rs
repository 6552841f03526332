// SPDX-License-Identifier: GPL-2.0
//! Sums up how long threads are off the CPU, by the stacks that they sleep in.
#![no_std]
#![no_main]

use core::sync::atomic::Ordering::Relaxed;

use rex::kernel::task_struct;
use rex::linux::bpf::{BPF_F_FAST_STACK_CMP, BPF_F_USER_STACK};
use rex::prelude::*;
use rex::time::{self, Instant};

/// The selected process; 0 selects all.
#[config]
static PROCESS: Config<i32> = Config::new(0);

/// The selected thread; 0 selects all.
#[config]
static THREAD: Config<i32> = Config::new(0);

/// Select threads of processes only.
#[config]
static USER: Config<bool> = Config::new(false);

/// Select threads of the kernel only.
#[config]
static KERNEL: Config<bool> = Config::new(false);

/// The selected states, as a mask; 0 selects threads that are ready to run, a negative
/// number any state.
#[config]
static STATE: Config<i64> = Config::new(-1);

/// The shortest and the longest selected time, in microseconds.
#[config]
static MIN: Config<u64> = Config::new(1);

#[config]
static MAX: Config<u64> = Config::new(u64::MAX);

/// The flag of kernel threads in `task_struct.flags`.
const PF_KTHREAD: u32 = 0x0020_0000;

/// The key of a sum of times. A stack is its number, or a negative error.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Key {
    process: i32,
    thread: i32,
    kernel_stack: i32,
    user_stack: i32,
}

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Start {
    time: Instant,
    key: Key,
}

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Total {
    microseconds: u64,
    comm: [u8; 16],
}

/// The time at which a thread left the CPU.
#[map]
static STARTS: HashMap<i32, Start> = HashMap::with_max_entries(65536);

#[map]
static TOTALS: HashMap<Key, Total> = HashMap::with_max_entries(10240);

#[map]
static STACKS: StackTrace<127> = StackTrace::with_max_entries(8192);

fn is_wanted(task: Ptr<task_struct>) -> Result<bool> {
    let is_kernel = read!(task.flags)? & PF_KTHREAD != 0;
    Ok((PROCESS.get() == 0 || PROCESS.get() == read!(task.tgid)?)
        && (THREAD.get() == 0 || THREAD.get() == read!(task.pid)?)
        && (!USER.get() || !is_kernel)
        && (!KERNEL.get() || is_kernel)
        && has_state(read!(task.state)?))
}

/// Removes the bits that newer kernels add to a state.
fn has_state(state: u64) -> bool {
    match u64::try_from(STATE.get()) {
        Ok(0) => state == 0,
        Ok(wanted) => state & wanted != 0,
        Err(_) => true,
    }
}

fn stack(ctx: &RawTracepointContext, flags: u64) -> i32 {
    match ctx.stack_id(&STACKS, flags | BPF_F_FAST_STACK_CMP) {
        Ok(number) => number as i32,
        Err(error) => error.into(),
    }
}

/// Stores the stacks of the current thread, which leaves the CPU.
fn leaves(ctx: &RawTracepointContext, task: Ptr<task_struct>) -> Result {
    let thread = read!(task.pid)?;
    if thread == 0 || !is_wanted(task)? {
        return Ok(());
    }
    let key = Key {
        process: read!(task.tgid)?,
        thread,
        kernel_stack: stack(ctx, 0),
        user_stack: match read!(task.flags)? & PF_KTHREAD {
            0 => stack(ctx, BPF_F_USER_STACK),
            _ => -1,
        },
    };
    let time = time::now();
    STARTS.insert(thread, Start { time, key })
}

fn is_back(ctx: &RawTracepointContext, task: Ptr<task_struct>) -> Result {
    let thread = read!(task.pid)?;
    let Some(start) = STARTS.get(thread) else {
        return Ok(());
    };
    STARTS.remove(thread)?;
    let time = start.time.elapsed().as_micros() as u64;
    if time < MIN.get() || time > MAX.get() {
        return Ok(());
    }
    if TOTALS.lookup(ctx, start.key).is_none() {
        let total = Total {
            microseconds: 0,
            comm: read!(task.comm)?,
        };
        // This fails if another CPU has just inserted the element.
        let _ = TOTALS.insert_new(start.key, total);
    }
    let total = TOTALS.lookup(ctx, start.key).ok_or(Errno::ENOSPC)?;
    rex::part!(total, Total, microseconds)
        .atomic()
        .fetch_add(time, Relaxed);
    Ok(())
}

#[raw_tracepoint("sched_switch")]
fn on_switch(
    ctx: &mut RawTracepointContext,
    _: (),
    prev: Ptr<task_struct>,
    next: Ptr<task_struct>,
) -> Result {
    leaves(ctx, prev)?;
    is_back(ctx, next)
}
