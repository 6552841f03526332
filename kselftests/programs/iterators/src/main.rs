// SPDX-License-Identifier: GPL-2.0
//! Programs of iterators. They write lines about the objects of the process in `orders`, or
//! about all of them, and count their runs in `seen`.
#![no_std]
#![no_main]

mod names;

use core::fmt::Write;
use core::hint::black_box;

use rex::iter::AGAIN as AGAIN_RESULT;
use rex::kernel::{Arguments, file, task_struct};
use rex::prelude::*;

use names::*;

#[map]
static orders: Array<u64> = Array::with_max_entries(4);

#[map]
static seen: Array<u64> = Array::with_max_entries(8);

/// The number of the last object of `long`.
#[map]
static LAST: Shared<u64> = Shared::new();

fn order(index: u32) -> u64 {
    orders.get(index).unwrap_or(0)
}

fn add(index: u32) {
    // The index is one of the array.
    _ = seen.set(index, seen.get(index).unwrap_or(0) + 1);
}

fn text(result: core::fmt::Result) -> Result {
    result.map_err(|_| Errno::EOVERFLOW)
}

/// A line for each thread.
#[iter("task")]
fn list(ctx: &mut IterContext, task: Ptr<task_struct>) -> Result {
    if task.is_null() {
        add(ENDS);
        return Ok(());
    }
    add(OBJECTS);
    let (tgid, pid) = (read!(task.tgid)?, read!(task.pid)?);
    text(writeln!(ctx, "{tgid} {pid}"))
}

/// A line for each file of the process.
#[iter("task_file")]
fn files(
    ctx: &mut IterContext,
    task: Ptr<task_struct>,
    fd: u32,
    file: Ptr<file>,
) -> Result {
    if file.is_null() {
        return Ok(());
    }
    if u64::try_from(read!(task.tgid)?) != Ok(order(PROCESS)) {
        return Ok(());
    }
    text(writeln!(ctx, "{fd} {:#x}", read!(file.f_flags)?))
}

/// Many lines for each thread of the process.
#[iter("task")]
fn long(ctx: &mut IterContext, task: Ptr<task_struct>) -> Result {
    if task.is_null() || u64::try_from(read!(task.tgid)?) != Ok(order(PROCESS))
    {
        return Ok(());
    }
    let number = ctx.seq_num() + 1;
    if LAST.get() == number {
        add(AGAIN);
    }
    LAST.set(number);
    let pid = read!(task.pid)?;
    for line in 0..order(LINES) {
        if writeln!(ctx, "{pid} {line:4} of a thread").is_err() {
            add(FULL);
            return Err(Errno::EOVERFLOW);
        }
    }
    Ok(())
}

#[inline(never)]
fn descend(depth: u64) -> u64 {
    let room = black_box([depth; 64]);
    if room[2] == 0 {
        return 0;
    }
    descend(depth + room[1]) + room[0]
}

/// Does what the order says, for the process.
#[iter("task", timeout_ms = 200)]
fn acts(ctx: &mut IterContext, task: Ptr<task_struct>) -> Result<i32> {
    if task.is_null() || u64::try_from(read!(task.pid)?) != Ok(order(PROCESS)) {
        return Ok(0);
    }
    add(OBJECTS);
    text(writeln!(ctx, "found"))?;
    match order(ACT) {
        PANIC => panic!("at {}", ctx.seq_num()),
        SPIN => loop {
            black_box(ctx.seq_num());
        },
        OVERRUN => Ok(descend(1) as i32),
        ASK_AGAIN => {
            _ = orders.set(ACT, 0);
            Ok(AGAIN_RESULT)
        }
        _ => Ok(0),
    }
}

/// Asks for the object itself, and for words where nothing can be read.
#[iter("task")]
fn words(ctx: &mut IterContext, task: Ptr<task_struct>) -> Result {
    if task.is_null() || u64::try_from(read!(task.pid)?) != Ok(order(PROCESS)) {
        return Ok(());
    }
    if ctx.register(0, size_of::<u64>()) == task.addr() {
        add(OBJECTS);
    }
    // One leads to userspace, the other one to an address that no page can have.
    for offset in [1 << 46, 1 << 63] {
        if ctx.register(0, offset) == 0 {
            add(ZEROS);
        }
    }
    Ok(())
}

#[iter("task_file", sleepable)]
fn waits(_: &mut Sleepable<IterContext>) {}

/// Reads memory of the process that reads, when the process is the object.
#[iter("task", sleepable)]
fn sleeps(ctx: &mut Sleepable<IterContext>, task: Ptr<task_struct>) -> Result {
    if task.is_null() || u64::try_from(read!(task.pid)?) != Ok(order(PROCESS)) {
        return Ok(());
    }
    let result = ctx.copy_from_user::<u64>(order(ADDRESS));
    add(RESULT);
    let value = result?;
    _ = seen.set(VALUE, value);
    // The object is the same.
    let pid = read!(task.pid)?;
    text(writeln!(ctx.awake(), "{pid} {value:#x}"))
}
