// SPDX-License-Identifier: GPL-2.0
//! Programs of all kinds with one argument.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static STACKS: StackTrace<64> = StackTrace::with_max_entries(64);

#[kprobe("do_exit", timeout_ms = 10)]
fn on_kprobe(ctx: &mut KprobeContext) -> Result {
    let _ = ctx.stack_id(&STACKS, 0)?;
    ctx.override_return(ctx.regs().rdi())
}

#[kretprobe("do_exit")]
fn on_kretprobe(ctx: &mut KretprobeContext) -> i32 {
    ctx.return_value() as i32
}

#[uprobe(path = "/bin/sh", function = "main")]
fn on_uprobe(ctx: &mut UprobeContext) -> Result<i32> {
    ctx.read_user(ctx.regs().rsi())
}

#[uretprobe(path = "/bin/sh", function = "main")]
fn on_uretprobe(_: &mut UprobeContext) {}

#[fentry("vfs_read")]
fn on_fentry(ctx: &mut FentryContext) {
    let _ = ctx.arg(0);
}

#[fexit("vfs_read")]
fn on_fexit(ctx: &mut FexitContext) {
    info!("{} {:?}", ctx.return_value(), ctx.args());
}

#[lsm("file_open")]
fn on_lsm(ctx: &mut LsmContext) -> Result {
    match ctx.uid() {
        0 => Ok(()),
        _ => Err(Errno::EPERM),
    }
}

#[raw_tracepoint("sched_switch")]
fn on_raw_tracepoint(ctx: &mut RawTracepointContext) {
    let _ = ctx.arg(1);
}

#[tp_btf("sched_switch")]
fn on_tp_btf(ctx: &mut RawTracepointContext) {
    let mut addresses = [0; 8];
    let _ = ctx.stack(&mut addresses, 0);
}

#[tracepoint]
fn on_tracepoint(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> i32 {
    ctx.event().fildes as i32
}

#[perf_event]
fn on_perf_event(ctx: &mut PerfEventContext) -> Result<i32> {
    warn!("{:?}", ctx.read_value()?.counter);
    debug!("{:?}", ctx.comm());
    Ok(1)
}

#[xdp(frags, default_ret = 2)]
fn on_xdp(ctx: &mut XdpContext) -> XdpAction {
    ctx.redirect(1)
}

#[xdp(devmap)]
fn on_devmap(ctx: &mut XdpContext) -> Result<XdpAction, Unknown> {
    Ok(match ctx.udp()? {
        Some(_) => XdpAction::Drop,
        None => XdpAction::Pass,
    })
}

#[tc]
fn on_tc(ctx: &mut TcContext) -> Result<TcAction> {
    ctx.data_mut()?.fill(0);
    Ok(TcAction::Ok)
}

#[cgroup_skb("egress")]
fn on_cgroup_skb(ctx: &mut CgroupSkbContext) -> CgroupAction {
    match ctx.is_empty() {
        true => CgroupAction::Drop,
        false => CgroupAction::Pass,
    }
}
