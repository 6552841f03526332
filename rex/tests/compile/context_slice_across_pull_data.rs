// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable
//! In tc, nor can a slice while the packet gets other memory.
#![no_std]
#![no_main]

use rex::prelude::*;

#[tc]
fn prog(ctx: &mut TcContext) -> Result<TcAction> {
    let data = ctx.data();
    ctx.pull_data(64)?;
    Ok(match data {
        [0, ..] => TcAction::Shot,
        _ => TcAction::Ok,
    })
}
