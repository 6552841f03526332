// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! The record of an event does not outlive the run.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn keep(
    ctx: &TracepointContext<SyscallsEnterDupCtx>,
) -> &'static SyscallsEnterDupCtx {
    ctx.event()
}

#[tracepoint]
fn prog(_: &mut TracepointContext<SyscallsEnterDupCtx>) {}
