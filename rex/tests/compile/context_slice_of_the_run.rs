// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A slice of a packet is borrowed from the context, which is one, not from the run.
#![no_std]
#![no_main]

use rex::prelude::*;

fn slice<'a, 'run>(ctx: &'a mut XdpContext<'run>) -> &'run mut [u8] {
    ctx.data_mut()
}

#[xdp]
fn prog(ctx: &mut XdpContext) -> XdpAction {
    let (one, other) = (slice(ctx), slice(ctx));
    one.copy_from_slice(other);
    XdpAction::Pass
}
