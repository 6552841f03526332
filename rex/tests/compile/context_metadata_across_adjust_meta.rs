// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable
//! Metadata of a packet cannot be kept while more of it is added.
#![no_std]
#![no_main]

use rex::prelude::*;

#[xdp]
fn prog(ctx: &mut XdpContext) -> Result<XdpAction> {
    let metadata = ctx.metadata_mut();
    ctx.adjust_meta(-4)?;
    metadata[0] = 0;
    Ok(XdpAction::Pass)
}
