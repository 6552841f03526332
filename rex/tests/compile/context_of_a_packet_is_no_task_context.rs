// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! The context of a packet cannot be passed for one of a task.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn pid(ctx: &TaskContext) -> u32 {
    ctx.pid()
}

#[tc]
fn prog(ctx: &mut TcContext) -> TcAction {
    let _ = pid(ctx);
    TcAction::Ok
}
