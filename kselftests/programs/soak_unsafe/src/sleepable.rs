// SPDX-License-Identifier: GPL-2.0
//! A sleepable program of each kind that there is. Each waits for memory of the process.

use rex::context::Sleeps;
use rex::prelude::*;

use crate::acts::{begin, end, wait_address};

fn on_event<C: Sleeps>(ctx: &mut Sleepable<C>) -> Result {
    begin(&ctx.awake());
    // It may fail, such as where the process may not wait.
    _ = ctx.copy_from_user::<u64>(wait_address());
    end(&ctx.awake());
    Ok(())
}

#[uprobe(sleepable)]
fn at_uprobe_sleepable(ctx: &mut Sleepable<UprobeContext>) -> Result {
    on_event(ctx)
}

#[uretprobe(sleepable)]
fn at_uretprobe_sleepable(ctx: &mut Sleepable<UprobeContext>) -> Result {
    on_event(ctx)
}

#[fentry("bpf_fentry_test1", sleepable)]
fn at_fentry_sleepable(ctx: &mut Sleepable<FentryContext>) -> Result {
    on_event(ctx)
}

#[fexit("bpf_fentry_test1", sleepable)]
fn at_fexit_sleepable(ctx: &mut Sleepable<FexitContext>) -> Result {
    on_event(ctx)
}

#[lsm("task_prctl", sleepable)]
fn at_lsm_sleepable(ctx: &mut Sleepable<LsmContext>) -> Result {
    on_event(ctx)
}

#[iter("task", sleepable)]
fn at_iter_sleepable(ctx: &mut Sleepable<IterContext>) -> Result {
    on_event(ctx)
}

#[request(sleepable)]
fn at_request_sleepable(ctx: &mut Sleepable<RequestContext>) -> Result {
    on_event(ctx)
}
