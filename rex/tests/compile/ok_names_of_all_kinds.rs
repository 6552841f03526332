// SPDX-License-Identifier: GPL-2.0
//! A program may use the names of several kinds of programs, and have such names itself:
//! what its attributes make does not stumble over them.
#![no_std]
#![no_main]
#![allow(unused_imports)]

use rex::cgroup_device::*;
use rex::fentry::*;
use rex::fexit::*;
use rex::kprobe::*;
use rex::lsm::*;
use rex::perf_event::*;
use rex::raw_tracepoint::*;
use rex::tracepoint::*;
use rex::xdp::*;
use rex::{Result, rex_kprobe, rex_raw_tracepoint, rex_tracepoint, rex_xdp};

pub fn setup() -> i32 {
    1
}

#[rex_kprobe]
fn probe(_: &kprobe, _: &mut rex::pt_regs::PtRegs) -> Result {
    Ok(setup())
}

#[rex_xdp(devmap)]
fn packet(_: &xdp, _: &mut xdp_md) -> Result {
    Ok(XDP_PASS as i32)
}

#[rex_raw_tracepoint("sched_switch")]
fn event(_: &raw_tracepoint, _: &RawTracepointArgs) -> Result {
    Ok(0)
}

#[rex_tracepoint]
fn record(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
