// SPDX-License-Identifier: GPL-2.0
//! A program of each kind that `rexctl` attaches to a TARGET.
#![no_std]
#![no_main]

mod names;

use core::hint::black_box;

use rex::prelude::*;

use names::*;

/// A count for each descriptor, which `rexctl map` shows.
#[map]
static DUPS: HashMap<u64, u64> = HashMap::with_max_entries(64);

/// A value that is not a number.
#[map]
static BYTES: Array<[u8; 6]> = Array::with_max_entries(2);

/// Its name is longer than the kernel's names are.
#[map]
static COUNTS_OF_EACH_CPU: PerCpuArray<u64> = PerCpuArray::with_max_entries(1);

#[tracepoint]
fn on_dup(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result<()> {
    let fd = ctx.event().fildes;
    if !(PRINT..=LOOP).contains(&fd) {
        return Ok(());
    }
    DUPS.insert(fd, DUPS.get(fd).map_or(1, |count| count + 1))?;
    match fd {
        PANIC => panic!("descriptor {fd:#x} is not to be had"),
        LOOP => loop {
            black_box(fd);
        },
        _ => info!("descriptor {fd:#x}"),
    }
    Ok(())
}

#[kprobe]
fn at_function(_: &mut KprobeContext) {}

#[kretprobe]
fn at_return(_: &mut KretprobeContext) {}

#[uprobe]
fn at_user_function(_: &mut UprobeContext) {}

#[perf_event]
fn at_event(_: &mut PerfEventContext) {}

#[raw_tracepoint("sched_switch")]
fn at_switch(_: &mut RawTracepointContext) {}

#[fentry("vfs_read")]
fn at_entry(_: &mut FentryContext) {}

#[xdp]
fn at_device(_: &mut XdpContext) -> XdpAction {
    XdpAction::Pass
}

#[tc]
fn at_qdisc(_: &mut TcContext) -> TcAction {
    TcAction::Ok
}

#[cgroup_skb("egress")]
fn at_cgroup(_: &mut CgroupSkbContext) -> CgroupAction {
    CgroupAction::Pass
}
