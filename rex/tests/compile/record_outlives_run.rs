// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! A record does not outlive the run, even if the program says `&'static`.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

fn keep(_: &'static SyscallsEnterDupCtx) {}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &'static SyscallsEnterDupCtx,
) -> Result {
    keep(ctx);
    Ok(0)
}
