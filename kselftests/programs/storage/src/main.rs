// SPDX-License-Identifier: GPL-2.0
//! Values that belong to a task.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;

use names::*;

#[map]
static control: Array<u64> = Array::with_max_entries(4);
#[map]
static results: Array<u64> = Array::with_max_entries(7);
#[map]
static values: TaskStorage<u64> = TaskStorage::new();
/// A second map, so that a task has two values.
#[map]
static others: TaskStorage<[u64; 40]> = TaskStorage::new();

#[map]
static large: TaskStorage<[u8; FLOOD_BYTES as usize]> = TaskStorage::new();

fn note(index: u32, result: Result) -> Result {
    let number = result.map_or_else(i32::from, |()| 0);
    results.set(index, i64::from(number) as u64)
}

fn add(index: u32) -> Result {
    results.set(index, results.get(index).unwrap_or(0) + 1)
}

fn count(ctx: &TaskContext, task: &Task) -> Result {
    let value = values.get_or_insert(ctx, task, 100).ok_or(Errno::ENOMEM)?;
    results.set(VALUE, value.atomic().fetch_add(1, Relaxed) + 1)?;
    let other = others
        .get_or_insert(ctx, task, [7; 40])
        .ok_or(Errno::ENOMEM)?;
    if other.get() != [7; 40] {
        return Err(Errno::EIO);
    }
    Ok(())
}

fn other(ctx: &Context) -> Result {
    let pid = control.get(OF).ok_or(Errno::ENOENT)? as i32;
    let task = OwnedTask::from_pid(pid).ok_or(Errno::ESRCH)?;
    let value = values.lookup(ctx, &task).ok_or(Errno::ENOENT)?;
    results.set(VALUE, value.get())?;
    value.atomic().fetch_add(1000, Relaxed);
    Ok(())
}

fn churn(ctx: &Context, task: &Task) -> Result {
    for number in 0..CHURNS {
        if let Some(value) = values.get_or_insert(ctx, task, number) {
            if value.get() == number {
                add(CHURNED)?;
            }
            match values.remove(task) {
                // The other thread has deleted it, or is in the middle of that.
                Err(Errno::ENOENT | Errno::EBUSY) => (),
                outcome => outcome?,
            }
        }
    }
    Ok(())
}

fn flood(ctx: &Context, task: &Task) -> Result {
    for _ in 0..FLOOD_VALUES {
        let value = [1; FLOOD_BYTES as usize];
        if large.get_or_insert(ctx, task, value).is_some() {
            large.remove(task)?;
            add(FLOODED)?;
        }
    }
    Ok(())
}

#[tracepoint]
fn storage(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    let task = ctx.task().ok_or(Errno::ESRCH)?;
    match ctx.event().fildes {
        COUNT => note(RET, count(ctx, &task)),
        DELETE => note(RET, values.remove(&task)),
        OTHER => note(RET, other(ctx)),
        CHURN => note(RET, churn(ctx, &task)),
        FLOOD => note(RET, flood(ctx, &task)),
        _ => Ok(()),
    }
}

/// At this function, the lock of the CPU's run queue is held, and interrupts
/// are off.
#[raw_tracepoint("sched_switch")]
fn at_switch(ctx: &mut RawTracepointContext) -> Result {
    let task = ctx.task().ok_or(Errno::ESRCH)?;
    if control.get(SWITCHES) != Some(task.pid() as u64) {
        return Ok(());
    }
    if values.lookup(ctx, &task).is_some() {
        return add(FOUND);
    }
    match values.get_or_insert(ctx, &task, 1) {
        None => add(REFUSED),
        Some(_) => add(MADE),
    }
}

/// A thread of a process sleeps here, until its memory is there.
#[lsm("socket_create", sleepable)]
fn sleeps(ctx: &mut Sleepable<LsmContext>) {
    if control.get(SLEEPER) == Some(u64::from(ctx.awake().tgid())) {
        let address = control.get(ADDRESS).unwrap_or(0);
        _ = ctx.copy_from_user::<u64>(address);
    }
}
