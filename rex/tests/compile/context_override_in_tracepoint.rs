// SPDX-License-Identifier: GPL-2.0
//@ error: no method named `override_return` found
//! Only a kprobe can make a function return.
#![no_std]
#![no_main]

use rex::prelude::*;

#[tracepoint]
fn prog(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    ctx.override_return(0)
}
