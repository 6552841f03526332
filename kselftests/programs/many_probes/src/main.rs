// SPDX-License-Identifier: GPL-2.0
//! Programs at many probes. They count the calls of the process in `WATCHED`, by function,
//! for a test to compare with what it did.
#![no_std]
#![no_main]

mod names;

use names::{KEPT, PROCESS};
use rex::prelude::*;

/// The counted calls of a function.
#[repr(C)]
#[derive(Clone, Copy, Default, Pod)]
struct Calls {
    count: u64,
    returned: u64,
    cookie: u64,
    value: u64,
    kept: u64,
}

#[map]
static WATCHED: Array<u64> = Array::with_max_entries(1);

/// The counts by the function's address, which is 0 if it is unknown.
#[map]
static CALLS: HashMap<u64, Calls> = HashMap::with_max_entries(8192);

fn is_watched(ctx: &TaskContext) -> bool {
    WATCHED
        .lookup(ctx, PROCESS)
        .is_some_and(|tgid| tgid.get() == u64::from(ctx.tgid()))
}

/// Changes the counts of the function at `address`. Only one thread is watched.
fn note(
    ctx: &TaskContext,
    address: Option<u64>,
    change: impl FnOnce(&mut Calls),
) -> Result {
    if !is_watched(ctx) {
        return Ok(());
    }
    let address = address.unwrap_or(0);
    let mut known = CALLS
        .lookup(ctx, address)
        .map_or_else(Calls::default, |c| c.get());
    change(&mut known);
    CALLS.insert(address, known)
}

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
