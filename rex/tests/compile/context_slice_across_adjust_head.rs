// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable
//! No part of a packet can be kept while its beginning moves.
#![no_std]
#![no_main]

use rex::prelude::*;

#[xdp]
fn prog(ctx: &mut XdpContext) -> Result<XdpAction> {
    let data = ctx.data();
    ctx.adjust_head(8)?;
    Ok(match data {
        [0, ..] => XdpAction::Drop,
        _ => XdpAction::Pass,
    })
}
