// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as immutable
//! A packet is not copied over itself.
#![no_std]
#![no_main]

use rex::prelude::*;

#[xdp]
fn prog(ctx: &mut XdpContext) -> Result<XdpAction> {
    let data = ctx.data_mut();
    ctx.load_bytes(0, data)?;
    Ok(XdpAction::Pass)
}
