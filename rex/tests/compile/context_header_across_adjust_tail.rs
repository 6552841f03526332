// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable
//! No header of a packet can be kept while the packet's end moves.
#![no_std]
#![no_main]

use rex::prelude::*;

#[xdp]
fn prog(ctx: &mut XdpContext) -> Result<XdpAction> {
    let Some(mut udp) = ctx.udp()? else {
        return Ok(XdpAction::Pass);
    };
    ctx.adjust_tail(-4)?;
    udp.check = 0;
    Ok(XdpAction::Pass)
}
