// SPDX-License-Identifier: GPL-2.0
//@ error: no method named `task` found
//! A program that sees packets runs in the context of no task.
#![no_std]
#![no_main]

use rex::prelude::*;

#[xdp]
fn prog(ctx: &mut XdpContext) -> XdpAction {
    let _ = ctx.task();
    XdpAction::Pass
}
