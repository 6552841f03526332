// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable
//! A text that is not written yet has borrowed what it prints.
#![no_std]
#![no_main]

use rex::prelude::*;

#[xdp]
fn prog(ctx: &mut XdpContext) -> Result<XdpAction> {
    let text = format_args!("{:?}", ctx.data());
    ctx.adjust_tail(-1)?;
    info!("{text}");
    Ok(XdpAction::Pass)
}
