// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable
//! The socket of a packet cannot be kept while the packet is cloned.
#![no_std]
#![no_main]

use rex::prelude::*;

#[tc]
fn prog(ctx: &mut TcContext) -> Result<TcAction> {
    let socket = ctx.socket();
    ctx.clone_redirect(1, 0)?;
    Ok(match socket.map(|socket| socket.family()) {
        Some(2) => TcAction::Shot,
        _ => TcAction::Ok,
    })
}
