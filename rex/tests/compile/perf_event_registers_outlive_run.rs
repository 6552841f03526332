// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! The registers of a sample do not outlive the run.
#![no_std]
#![no_main]

use rex::perf_event::{bpf_perf_event_data, perf_event};

fn keep(_: &'static rex::pt_regs::PtRegs) {}

#[rex::rex_perf_event]
fn prog(_: &perf_event, ctx: &bpf_perf_event_data) -> rex::Result {
    keep(ctx.regs());
    Ok(0)
}
