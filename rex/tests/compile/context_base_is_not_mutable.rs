// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow data in dereference of `rex::context::XdpContext
//! The part that all contexts have cannot be exchanged for another run's.
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
