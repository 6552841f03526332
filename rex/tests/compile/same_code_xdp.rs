// SPDX-License-Identifier: GPL-2.0
//@ code: same_code_xdp_obj
//! A program that sees packets has the code of one with two arguments.
#![no_std]
#![no_main]

use rex::prelude::*;

#[xdp]
fn prog(ctx: &mut XdpContext) -> XdpAction {
    if ctx.adjust_tail(-4).is_err() {
        return XdpAction::Drop;
    }
    match ctx.data().first() {
        Some(1) => XdpAction::Tx,
        _ => XdpAction::Pass,
    }
}
