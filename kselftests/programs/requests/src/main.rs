// SPDX-License-Identifier: GPL-2.0
//! Programs that run on request.
#![no_std]
#![no_main]

use rex::prelude::*;

/// Returns the sum of all arguments, and panics if the first one is 99.
#[request]
fn sum(ctx: &mut RequestContext) -> Result<i32> {
    assert_ne!(ctx.arg(0), Some(99), "not this one");
    let sum = ctx
        .args()
        .iter()
        .fold(0, |sum: u64, arg| sum.wrapping_add(*arg));
    info!("{} arguments, of process {}", ctx.args().len(), ctx.tgid());
    i32::try_from(sum as i64).map_err(|_| Errno::ERANGE)
}

/// A program with two arguments.
#[rex::rex_request]
fn last(
    _: &rex::request::request,
    args: &rex::request::RequestArgs,
) -> rex::Result {
    Ok(args.arg(11).unwrap_or(0) as i32)
}

/// A program of another kind.
#[kprobe("do_exit")]
fn on_exit(ctx: &mut KprobeContext) {
    info!("{} exits", ctx.pid());
}
