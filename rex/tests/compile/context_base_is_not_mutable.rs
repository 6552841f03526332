// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow data in dereference of `rex::context::XdpContext
//! What all contexts have cannot be exchanged for that of another run.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn exchange<'a>(ctx: &mut XdpContext<'a>, other: &mut Context<'a>) {
    core::mem::swap(&mut **ctx, other);
}

#[xdp]
fn prog(_: &mut XdpContext) -> XdpAction {
    XdpAction::Pass
}
