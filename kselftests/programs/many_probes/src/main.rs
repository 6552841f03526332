// SPDX-License-Identifier: GPL-2.0
//! Programs at many probes. They count the calls of the process in `WATCHED`, by function,
//! for a test to compare with what it did.
#![no_std]
#![no_main]

#[path = "../../calls.rs"]
mod calls;
mod names;

use calls::note;
use names::KEPT;
use rex::prelude::*;

/// The test chooses the functions.
#[kprobe]
fn on_entry(ctx: &mut KprobeContext) -> Result {
    let cookie = ctx.attach_cookie();
    note(ctx, ctx.function(), |calls| {
        calls.count += 1;
        calls.cookie = cookie;
    })
}

#[kprobe("__x64_sys_get?id")]
fn on_get(ctx: &mut KprobeContext) -> Result {
    note(ctx, ctx.function(), |calls| calls.count += 1)
}

#[kretprobe]
fn on_exit(ctx: &mut KretprobeContext) -> Result {
    let cookie = ctx.attach_cookie();
    let value = ctx.return_value();
    note(ctx, ctx.function(), |calls| {
        calls.returned += 1;
        calls.cookie = cookie;
        calls.value = value;
    })
}

/// For the test, returns of calls by threads with odd numbers are skipped.
#[kprobe_session]
fn on_both(ctx: &mut KprobeSessionContext) -> Result<SessionAction> {
    let cookie = ctx.attach_cookie();
    if ctx.is_return() {
        let (value, kept) = (ctx.return_value(), ctx.session_value());
        note(ctx, ctx.function(), |calls| {
            calls.returned += 1;
            calls.value = value;
            calls.kept = kept;
        })?;
        return Ok(SessionAction::Return);
    }
    ctx.set_session_value(KEPT)?;
    note(ctx, ctx.function(), |calls| {
        calls.count += 1;
        calls.cookie = cookie;
    })?;
    // The first argument of the system call is in its registers.
    let regs = ctx.regs().rdi();
    let first: u64 = ctx.read_kernel(regs + 112)?;
    Ok(match first % 2 {
        0 => SessionAction::Return,
        _ => SessionAction::Skip,
    })
}

#[uprobe]
fn on_call(ctx: &mut UprobeContext) -> Result {
    let cookie = ctx.attach_cookie();
    let value = ctx.regs().rdi();
    note(ctx, ctx.function(), |calls| {
        calls.count += 1;
        calls.cookie = cookie;
        calls.value = value;
    })
}

#[uretprobe]
fn on_return(ctx: &mut UprobeContext) -> Result {
    let cookie = ctx.attach_cookie();
    let value = ctx.return_value();
    note(ctx, ctx.function(), |calls| {
        calls.returned += 1;
        calls.cookie = cookie;
        calls.value = value;
    })
}
