// SPDX-License-Identifier: GPL-2.0
//! A program of each type that traces. They record the events of the process in
//! `watched` in `records`, for a test to compare.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use rex::fentry::{FentryArgs, fentry};
use rex::fexit::{FexitArgs, fexit};
use rex::kretprobe::kretprobe;
use rex::linux::perf_event::bpf_perf_event_value;
use rex::map::RexArrayMap;
use rex::perf_event::{bpf_perf_event_data, perf_event};
use rex::prelude::KprobeContext;
use rex::pt_regs::PtRegs;
use rex::raw_tracepoint::{RawTracepointArgs, raw_tracepoint};
use rex::tracepoint::tracepoint;
use rex::uprobe::uprobe;
use rex::{Pod, Result, rex_fentry, rex_fexit, rex_kretprobe, rex_map};
use rex::{rex_perf_event, rex_raw_tracepoint, rex_tp_btf, rex_tracepoint};
use rex::{rex_uprobe, rex_uretprobe};

use names::*;

/// The process and the read that are recorded.
#[rex_map]
static watched: RexArrayMap<u64> = RexArrayMap::new(2, 0);

#[derive(Clone, Copy, Default, Pod)]
#[repr(C)]
struct Record {
    /// The number of events so far.
    count: u64,
    /// Details of the last event.
    values: [u64; 7],
}

#[rex_map]
static records: RexArrayMap<Record> = RexArrayMap::new(12, 0);

const SYS_DUP: u64 = 32;

/// A protocol for experiments.
const ETH_P_802_EX1: u16 = 0x88b5;

/// Records an event if the process `pid_tgid` is the watched one.
fn note(pid_tgid: u64, index: u32, values: [u64; 7]) -> Result {
    if watched.get(&PROCESS) != Some(pid_tgid >> 32) {
        return Ok(0);
    }
    let count = records.get(&index).map_or(0, |record| record.count) + 1;
    records.insert(&index, &Record { count, values })?;
    Ok(0)
}

/// Returns the first 8 bytes as a number.
fn number(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    for (to, from) in first.iter_mut().zip(bytes) {
        *to = *from;
    }
    u64::from_le_bytes(first)
}

rex::tracepoint_ctx! {
    /// A signal is sent.
    struct SignalGenerate at "signal/signal_generate" {
        sig: i32,
        comm: [u8; 16],
        pid: i32,
        error: i32 from "errno",
        code: u64 as i32,
    }

    /// A packet is dropped. Not all kernels have these fields at the same place.
    struct Drop at "skb/kfree_skb" {
        protocol: u16,
        reason: u32,
        location: u64,
    }

    /// A process executes a file.
    struct ProcessExec at "sched/sched_process_exec" {
        filename: DataLoc,
        pid: i32,
    }
}

#[rex_tracepoint]
fn on_signal(obj: &tracepoint<SignalGenerate>, ctx: &SignalGenerate) -> Result {
    let values = [
        ctx.sig as u64,
        number(&ctx.comm),
        ctx.pid as u64,
        ctx.error as u64,
        ctx.code,
        0,
        0,
    ];
    note(obj.bpf_get_current_pid_tgid(), SIGNAL, values)
}

#[rex_tracepoint]
fn on_drop(obj: &tracepoint<Drop>, ctx: &Drop) -> Result {
    if ctx.protocol != ETH_P_802_EX1 {
        return Ok(0);
    }
    let values = [ctx.reason.into(), ctx.location, 0, 0, 0, 0, 0];
    note(obj.bpf_get_current_pid_tgid(), DROP, values)
}

#[rex_tracepoint]
fn on_exec(obj: &tracepoint<ProcessExec>, ctx: &ProcessExec) -> Result {
    let mut buf = [0; 64];
    let mut small = [0; 3];
    let name = obj.data(&ctx.filename, &mut buf);
    let values = [
        ctx.pid as u64,
        ctx.filename.len() as u64,
        name.len() as u64,
        number(name),
        number(name.get(8..).unwrap_or_default()),
        number(obj.data(&ctx.filename, &mut small)),
        0,
    ];
    note(obj.bpf_get_current_pid_tgid(), EXEC, values)
}

/// Runs where the test attaches it.
#[rex::kprobe]
fn on_entry_of_any(ctx: &mut KprobeContext) {
    let values = [ctx.attach_cookie(), 0, 0, 0, 0, 0, 0];
    _ = note(ctx.pid_tgid(), KPROBE, values);
}

#[rex_kretprobe(function = "__x64_sys_dup")]
fn on_dup_return(obj: &kretprobe, regs: &mut PtRegs) -> Result {
    let cookie = obj.bpf_get_attach_cookie(regs);
    let values = [regs.return_value(), cookie, 0, 0, 0, 0, 0];
    note(obj.bpf_get_current_pid_tgid(), KRETPROBE, values)
}

#[rex_uprobe(path = "/rex/kselftests/tracing", function = "probed")]
fn on_call(obj: &uprobe, regs: &mut PtRegs) -> Result {
    let mut behind = 0u64;
    let mut nothing = 1u64;
    let read = obj.bpf_probe_read_user(&mut behind, regs.rsi());
    let failed = obj.bpf_probe_read_user(&mut nothing, 8);
    let values = [
        regs.rdi(),
        behind,
        read.is_ok() as u64,
        nothing,
        failed.err().unwrap_or(0) as u64,
        regs.cs() & 3,
        obj.bpf_get_attach_cookie(regs),
    ];
    note(obj.bpf_get_current_pid_tgid(), UPROBE, values)
}

#[rex_uretprobe(path = "/rex/kselftests/tracing", function = "probed")]
fn on_return(obj: &uprobe, regs: &mut PtRegs) -> Result {
    let values = [regs.return_value(), 0, 0, 0, 0, 0, 0];
    note(obj.bpf_get_current_pid_tgid(), URETPROBE, values)
}

fn on_entry(obj: &raw_tracepoint, args: &[u64], index: u32) -> Result {
    let &[regs, nr] = args else {
        return note(obj.bpf_get_current_pid_tgid(), index, [u64::MAX; 7]);
    };
    if nr != SYS_DUP {
        return Ok(0);
    }
    // `di` is the 15th register.
    let mut fd = 0u64;
    let place = (regs as *const ()).wrapping_byte_add(14 * 8);
    obj.bpf_probe_read_kernel(&mut fd, place)?;
    note(
        obj.bpf_get_current_pid_tgid(),
        index,
        [fd, 0, 0, 0, 0, 0, 0],
    )
}

#[rex_raw_tracepoint("sys_enter")]
fn on_raw(obj: &raw_tracepoint, ctx: &RawTracepointArgs) -> Result {
    on_entry(obj, ctx.args(), RAW_TRACEPOINT)
}

#[rex_tp_btf("sys_enter")]
fn on_btf(obj: &raw_tracepoint, ctx: &RawTracepointArgs) -> Result {
    on_entry(obj, ctx.args(), TP_BTF)
}

#[rex_fentry("vfs_read")]
fn on_read(obj: &fentry, ctx: &FentryArgs) -> Result {
    if ctx.arg(2) != watched.get(&READ_SIZE) {
        return Ok(0);
    }
    let values = [
        ctx.args().len() as u64,
        ctx.arg(1).unwrap_or(0),
        ctx.arg(4).is_none() as u64,
        0,
        0,
        0,
        0,
    ];
    note(obj.bpf_get_current_pid_tgid(), FENTRY, values)
}

#[rex_fexit("vfs_read")]
fn on_read_return(obj: &fexit, ctx: &FexitArgs<'_>) -> Result {
    if ctx.arg(2) != watched.get(&READ_SIZE) {
        return Ok(0);
    }
    let values = [
        ctx.args().len() as u64,
        ctx.arg(1).unwrap_or(0),
        ctx.arg(4).is_none() as u64,
        ctx.return_value(),
        0,
        0,
        0,
    ];
    note(obj.bpf_get_current_pid_tgid(), FEXIT, values)
}

#[rex_perf_event]
fn on_sample(obj: &perf_event, ctx: &bpf_perf_event_data) -> Result {
    let mut value = bpf_perf_event_value::default();
    let read = obj.bpf_perf_prog_read_value(ctx, &mut value);
    let values = [
        ctx.sample_period(),
        ctx.addr(),
        ctx.regs().rip(),
        read.is_ok() as u64,
        value.counter,
        value.enabled,
        value.running,
    ];
    note(obj.bpf_get_current_pid_tgid(), PERF_EVENT, values)
}
