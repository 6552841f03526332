// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable
//! A header on the heap that is never freed is borrowed for as long as it is used.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::boxed::Box;

use rex::prelude::*;

#[xdp]
fn prog(ctx: &mut XdpContext) -> Result<XdpAction> {
    if let Some(eth) = ctx.eth()? {
        let eth = Box::leak(Box::new(eth));
        ctx.adjust_head(4)?;
        eth.h_proto = 0;
    }
    Ok(XdpAction::Pass)
}
