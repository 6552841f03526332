// SPDX-License-Identifier: GPL-2.0
//! Reports the programs that processes run, with all of their arguments.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;

use rex::kernel::task_struct;
use rex::prelude::*;
use rex::time;

rex::tracepoint_ctx! {
    /// Runs when execve(2) returns.
    struct ExitExecve at "syscalls/sys_exit_execve" {
        ret: i64,
    }

    /// Runs when execveat(2) returns.
    struct ExitExecveat at "syscalls/sys_exit_execveat" {
        ret: i64,
    }
}

/// The limit of reported bytes of arguments, and of a failed call's arguments.
const ARGS_SIZE: usize = 8192;
const MAX_ARGS: u64 = 64;

/// The selected user; `u32::MAX` selects all.
#[config]
static USER: Config<u32> = Config::new(u32::MAX);

/// Report calls that fail, too.
#[config]
static FAILURES: Config<bool> = Config::new(false);

/// The beginning of a record. The arguments follow it, each with a NUL.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Exec {
    time: u64,
    process: u32,
    parent: u32,
    user: u32,
    /// 0, or a negative error number.
    result: i32,
    /// The size of all arguments; the record may have fewer bytes.
    args_size: u32,
    _reserved: u32,
    comm: [u8; 16],
}

#[map]
static EXECS: RingBuf = RingBuf::with_size(1 << 20);

/// Reports a call. `put` copies arguments to a buffer, and returns the size of the copied
/// and of all arguments.
fn report(
    ctx: &TaskContext,
    result: i32,
    put: impl FnOnce(&mut [u8]) -> (usize, usize),
) -> Result {
    if USER.get() != u32::MAX && USER.get() != ctx.uid()
        || !FAILURES.get() && result < 0
    {
        return Ok(());
    }
    const HEADER: usize = size_of::<Exec>();

    // The arguments are too long for the stack, and the heap may be full.
    let mut record = Vec::new();
    record
        .try_reserve_exact(HEADER + ARGS_SIZE)
        .map_err(|_| Errno::ENOMEM)?;
    record.resize(HEADER + ARGS_SIZE, 0);
    let (size, args_size) = put(&mut record[HEADER..]);
    let task = ctx.current::<task_struct>();
    let exec = Exec {
        time: time::now().as_ns(),
        process: ctx.tgid(),
        parent: read!(task.real_parent.tgid)? as u32,
        user: ctx.uid(),
        result,
        args_size: args_size as u32,
        _reserved: 0,
        comm: ctx.comm()?.into(),
    };
    record[..HEADER].copy_from_slice(bytes_of(&exec));
    EXECS.output_bytes(&record[..HEADER + size])
}

/// Runs after execve(2). The new program has its arguments on its stack, one after the
/// other.
#[raw_tracepoint("sched_process_exec")]
fn on_exec(ctx: &mut RawTracepointContext, task: Ptr<task_struct>) -> Result {
    let start = read!(task.mm.arg_start)?;
    let args_size = read!(task.mm.arg_end)?.saturating_sub(start) as usize;
    report(ctx, 0, |buffer| {
        let size = args_size.min(buffer.len());
        let args = &mut buffer[..size];
        match ctx.read_user_bytes(start, args) {
            Ok(()) => (size, args_size),
            Err(_) => (0, args_size),
        }
    })
}

/// Copies the strings of an array of pointers in userspace.
fn put_args(ctx: &TaskContext, argv: u64, buffer: &mut [u8]) -> usize {
    let mut size = 0;
    for index in 0..MAX_ARGS {
        let Ok(arg) = ctx.read_user::<u64>(argv.wrapping_add(index * 8)) else {
            break;
        };
        if arg == 0 || size == buffer.len() {
            break;
        }
        match ctx.read_user_str(arg, &mut buffer[size..]) {
            Ok(text) => size += text.count_bytes() + 1,
            Err(_) => break,
        }
    }
    size
}

fn on_failure(ctx: &TaskContext, result: i64, argv: u64) -> Result {
    report(ctx, result as i32, |buffer| {
        let size = put_args(ctx, argv, buffer);
        (size, size)
    })
}

#[tracepoint]
fn on_execve(ctx: &mut TracepointContext<ExitExecve>) -> Result {
    let result = ctx.event().ret;
    let task = ctx.task().ok_or(Errno::ESRCH)?;
    match task.user_regs() {
        Some(regs) if result < 0 => on_failure(ctx, result, regs.rsi()),
        _ => Ok(()),
    }
}

#[tracepoint]
fn on_execveat(ctx: &mut TracepointContext<ExitExecveat>) -> Result {
    let result = ctx.event().ret;
    let task = ctx.task().ok_or(Errno::ESRCH)?;
    match task.user_regs() {
        Some(regs) if result < 0 => on_failure(ctx, result, regs.rdx()),
        _ => Ok(()),
    }
}
