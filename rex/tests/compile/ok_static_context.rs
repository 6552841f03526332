// SPDX-License-Identifier: GPL-2.0
//@ edition: 2018 2021 2024
//! Upstream's way to write a tracepoint program compiles, in every edition.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &'static SyscallsEnterDupCtx,
) -> Result {
    Ok(ctx.fildes as i32)
}
