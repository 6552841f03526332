// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! The arguments of a tracepoint do not outlive the run.
#![no_std]
#![no_main]

use rex::raw_tracepoint::{RawTracepointArgs, raw_tracepoint};

fn keep(_: &'static [u64]) {}

#[rex::rex_raw_tracepoint("sys_enter")]
fn prog(_: &raw_tracepoint, ctx: &RawTracepointArgs) -> rex::Result {
    keep(ctx.args());
    Ok(0)
}
