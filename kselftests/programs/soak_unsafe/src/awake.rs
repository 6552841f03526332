// SPDX-License-Identifier: GPL-2.0
//! A program of each kind that is not sleepable. No program reads its event.

use core::ffi::c_void;

use rex::prelude::*;

use crate::acts::on_event;
use crate::any_event::AnyEvent;

#[tracepoint]
fn at_tracepoint(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    on_event(ctx)
}

#[kprobe]
fn at_kprobe(ctx: &mut KprobeContext) -> Result {
    on_event(ctx)
}

#[usdt]
fn at_usdt(ctx: &mut UsdtContext) -> Result {
    on_event(ctx)
}

/// It denies nothing: the test opens /dev/rex, too.
#[cgroup_device]
fn at_cgroup_device(ctx: &mut CgroupDeviceContext) -> Result<DeviceAction> {
    on_event(ctx)?;
    Ok(DeviceAction::Allow)
}

fn at_any(ctx: &mut TracepointContext<AnyEvent>) -> Result {
    on_event(ctx)
}

extern "C" fn entry(ctx: *mut c_void) -> u32 {
    let function = rex::tracepoint::one_argument(at_any);
    unsafe { rex::tracepoint::run(ctx, (), function) }
}

programs! {
    entry:
    "at_kretprobe": kretprobe in "kretprobe",
    "at_uprobe": uprobe in "uprobe",
    "at_kprobe_session": kprobe_session in "kprobe.session",
    "at_raw_tracepoint": raw_tracepoint in "raw_tp/softirq_entry",
    "at_tp_btf": tp_btf in "tp_btf/sys_enter",
    "at_timer": timer in "timer/1",
    "at_request": request in "request",
    "at_perf_event": perf_event in "perf_event",
    "at_fentry": fentry in "fentry/__x64_sys_dup",
    "at_fexit": fexit in "fexit/__x64_sys_dup",
    "at_iter": iter in "iter/bpf_map_elem",
    "at_lsm": lsm in "lsm/task_setnice",
    "at_xdp": xdp in "xdp",
    "at_xdp_devmap": xdp_devmap in "xdp/devmap",
    "at_tc": tc in "tc",
    "at_cgroup_ingress": cgroup_skb_ingress in "cgroup_skb/ingress",
    "at_cgroup_skb": cgroup_skb_egress in "cgroup_skb/egress",
}
