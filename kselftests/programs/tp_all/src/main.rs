// SPDX-License-Identifier: GPL-2.0
//! Programs for all tracepoints that the crate knows. Each copies the records
//! that the process in `watched` causes to `records`, for a test to compare with
//! the system calls that it made.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Pod, Result, rex_map, rex_tracepoint};

use names::*;

/// The process and the call that are recorded.
#[rex_map]
static watched: RexArrayMap<u64> = RexArrayMap::new(2, 0);

/// The last record of a tracepoint.
#[derive(Clone, Copy, Default, Pod)]
#[repr(C)]
struct Record {
    /// The number of records so far.
    count: u64,
    /// The number of the system call.
    nr: u64,
    /// The arguments or the result, in the order of the record.
    fields: [u64; 6],
}

#[rex_map]
static records: RexArrayMap<Record> = RexArrayMap::new(7, 0);

fn is_watched<C: TracepointContext>(obj: &tracepoint<C>) -> bool {
    let tgid = obj.bpf_get_current_pid_tgid() >> 32;
    watched.get(&PROCESS) == Some(tgid)
}

fn note<C: TracepointContext>(
    obj: &tracepoint<C>,
    index: u32,
    nr: i64,
    values: &[i64],
) -> Result {
    if !is_watched(obj) {
        return Ok(0);
    }
    let mut fields = [0; 6];
    for (to, from) in fields.iter_mut().zip(values) {
        *to = *from as u64;
    }
    let count = records.get(&index).map_or(0, |record| record.count);
    let record = Record {
        count: count + 1,
        nr: nr as u64,
        fields,
    };
    records.insert(&index, &record)
}

#[rex_tracepoint]
fn enter_open(
    obj: &tracepoint<SyscallsEnterOpenCtx>,
    ctx: &SyscallsEnterOpenCtx,
) -> Result {
    let values = [ctx.filename_ptr, ctx.flags, ctx.mode];
    note(obj, ENTER_OPEN, ctx.syscall_nr.into(), &values)
}

#[rex_tracepoint]
fn enter_openat(
    obj: &tracepoint<SyscallsEnterOpenatCtx>,
    ctx: &SyscallsEnterOpenatCtx,
) -> Result {
    let values = [ctx.dfd, ctx.filename_ptr, ctx.flags, ctx.mode];
    note(obj, ENTER_OPENAT, ctx.syscall_nr.into(), &values)
}

#[rex_tracepoint]
fn exit_open(
    obj: &tracepoint<SyscallsExitOpenCtx>,
    ctx: &SyscallsExitOpenCtx,
) -> Result {
    note(obj, EXIT_OPEN, ctx.syscall_nr.into(), &[ctx.ret])
}

#[rex_tracepoint]
fn exit_openat(
    obj: &tracepoint<SyscallsExitOpenatCtx>,
    ctx: &SyscallsExitOpenatCtx,
) -> Result {
    note(obj, EXIT_OPENAT, ctx.syscall_nr.into(), &[ctx.ret])
}

#[rex_tracepoint]
fn enter_dup(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    note(obj, ENTER_DUP, ctx.syscall_nr.into(), &[ctx.fildes as i64])
}

#[rex_tracepoint]
fn raw_enter(
    obj: &tracepoint<RawSyscallsEnterCtx>,
    ctx: &RawSyscallsEnterCtx,
) -> Result {
    if watched.get(&NUMBER) != Some(ctx.id as u64) {
        return Ok(0);
    }
    note(obj, RAW_ENTER, ctx.id, &ctx.args.map(|arg| arg as i64))
}

#[rex_tracepoint]
fn raw_exit(
    obj: &tracepoint<RawSyscallsExitCtx>,
    ctx: &RawSyscallsExitCtx,
) -> Result {
    if watched.get(&NUMBER) != Some(ctx.id as u64) {
        return Ok(0);
    }
    note(obj, RAW_EXIT, ctx.id, &[ctx.ret])
}
