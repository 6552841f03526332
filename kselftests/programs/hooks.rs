// SPDX-License-Identifier: GPL-2.0
//! One program of each BPF type, which calls `acts::on_event`. Types without an attribute
//! in the crate are defined by hand. No program reads its event.

#[path = "any_event.rs"]
mod any_event;

use core::ffi::c_void;

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_kprobe, rex_tracepoint};

use crate::acts::on_event;
use any_event::AnyEvent;

#[rex_tracepoint]
fn at_tracepoint(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    on_event(obj)
}

#[rex_kprobe]
fn at_kprobe(obj: &kprobe, _: &mut PtRegs) -> Result {
    on_event(obj)
}

fn at_any(obj: &tracepoint<AnyEvent>, _: &AnyEvent) -> Result {
    on_event(obj)
}

extern "C" fn entry(ctx: *mut c_void) -> u32 {
    let function = rex::tracepoint::two_arguments(at_any);
    unsafe { rex::tracepoint::run(ctx, (), function) }
}

programs! {
    entry:
    "at_tc": tc in "tc",
    "at_xdp": xdp in "xdp",
    "at_perf_event": perf_event in "perf_event",
    "at_cgroup_skb": cgroup_skb_egress in "cgroup_skb/egress",
    "at_raw_tracepoint": raw_tracepoint in "raw_tp/softirq_entry",
    "at_fentry": fentry in "fentry/__x64_sys_dup",
}
