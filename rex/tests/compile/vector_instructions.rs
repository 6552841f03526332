// SPDX-License-Identifier: GPL-2.0
//@ error: is unsafe
//! Functions with vector instructions cannot be called without `unsafe`.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[target_feature(enable = "sse2")]
fn f() -> i32 {
    7
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(f())
}
