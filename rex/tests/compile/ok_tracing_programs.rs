// SPDX-License-Identifier: GPL-2.0
//! A program of each type that traces, and all that a context can be made of.
#![no_std]
#![no_main]

use rex::fentry::{FentryArgs, fentry};
use rex::fexit::{FexitArgs, fexit};
use rex::kretprobe::kretprobe;
use rex::perf_event::{bpf_perf_event_data, perf_event};
use rex::pt_regs::PtRegs;
use rex::raw_tracepoint::{RawTracepointArgs, raw_tracepoint};
use rex::tracepoint::tracepoint;
use rex::uprobe::uprobe;
use rex::*;

rex::tracepoint_ctx! {
    pub struct Everything at "a-b/c_d" {
        pub a: i8,
        b: u16 as i64,
        pub(crate) c: u64 from "__c",
        d: i64 as u64 from "e",
        f: [u64; 6],
        g: DataLoc,
    }
    struct Nothing at "x/y" {}
}

#[rex_tracepoint(timeout_ms = 5)]
fn everything(obj: &tracepoint<Everything>, ctx: &Everything) -> Result {
    let data = obj.data(&ctx.g, &mut [0; 3]).len() as u64;
    let sum = ctx.a as u64 ^ ctx.b as u64 ^ ctx.c ^ ctx.d as u64 ^ ctx.f[5];
    Ok((sum ^ data) as i32)
}

#[rex_tracepoint]
fn nothing(_: &tracepoint<Nothing>, _: &'static Nothing) -> Result {
    Ok(0)
}

#[rex_kretprobe]
fn kret(_: &kretprobe, regs: &mut PtRegs) -> Result {
    Ok(regs.return_value() as i32)
}

#[rex_uprobe(path = "/bin/sh", function = "main")]
fn u(_: &uprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}

#[rex_uretprobe]
fn uret(_: &uprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}

#[rex_raw_tracepoint("sys_enter", timeout_ms = 3)]
fn raw(_: &raw_tracepoint, ctx: &RawTracepointArgs) -> Result {
    Ok(ctx.args().len() as i32)
}

#[rex_tp_btf("sys_enter")]
fn btf(_: &raw_tracepoint, ctx: &RawTracepointArgs) -> Result {
    Ok(ctx.arg(1).unwrap_or(0) as i32)
}

#[rex_fentry("vfs_read")]
fn entry(_: &fentry, ctx: &FentryArgs) -> Result {
    Ok(ctx.arg(1).unwrap_or(0) as i32)
}

#[rex_fexit]
fn exit(_: &fexit, ctx: &FexitArgs<'_>) -> Result {
    Ok(ctx.return_value() as i32)
}

#[rex_perf_event]
fn sample(_: &perf_event, ctx: &bpf_perf_event_data) -> Result {
    Ok(ctx.regs().rip() as i32)
}
