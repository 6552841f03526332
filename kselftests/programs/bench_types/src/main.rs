// SPDX-License-Identifier: GPL-2.0
//! A program of each type that does nothing. `make bench` measures a run of it
//! (kselftests/bench/types.c), and kselftests/shared_lines.c reads its code.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;
use rex::tracepoint::SyscallsEnterDupCtx;

#[xdp]
fn on_xdp(_: &mut XdpContext) -> XdpAction {
    XdpAction::Pass
}

#[tc]
fn on_tc(_: &mut TcContext) -> TcAction {
    TcAction::Ok
}

#[cgroup_skb("egress")]
fn on_cgroup_skb(_: &mut CgroupSkbContext) -> CgroupAction {
    CgroupAction::Pass
}

#[cgroup_device]
fn on_cgroup_device(_: &mut CgroupDeviceContext) -> DeviceAction {
    DeviceAction::Allow
}

#[request]
fn on_request(_: &mut RequestContext) {}

#[request(sleepable)]
fn on_request_sleepable(_: &mut Sleepable<RequestContext>) {}

#[raw_tracepoint("sys_enter")]
fn on_raw_tracepoint(_: &mut RawTracepointContext) {}

#[tp_btf("sys_enter")]
fn on_tp_btf(_: &mut RawTracepointContext) {}

#[tracepoint]
fn on_tracepoint(_: &mut TracepointContext<SyscallsEnterDupCtx>) {}

#[kprobe("__x64_sys_getppid")]
fn on_kprobe(_: &mut KprobeContext) {}

#[kretprobe("__x64_sys_getppid")]
fn on_kretprobe(_: &mut KretprobeContext) {}

#[fentry("bpf_fentry_test1")]
fn on_fentry(_: &mut FentryContext) {}

#[fexit("bpf_fentry_test1")]
fn on_fexit(_: &mut FexitContext) {}

#[lsm("task_setnice")]
fn on_lsm(_: &mut LsmContext) {}

#[perf_event]
fn on_perf_event(_: &mut PerfEventContext) {}

#[iter("task")]
fn on_iter(_: &mut IterContext, _: Ptr<task_struct>) {}
