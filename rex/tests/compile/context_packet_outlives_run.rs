// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A packet cannot be kept for longer than the run.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn keep(ctx: &XdpContext) -> &'static [u8] {
    ctx.data()
}

#[xdp]
fn prog(_: &mut XdpContext) -> XdpAction {
    XdpAction::Pass
}
