// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable
//! A reader of a packet does not stay when the packet is moved.
#![no_std]
#![no_main]

use rex::net::*;
use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let mut reader = Reader::new(ctx.data_slice());
    obj.bpf_xdp_adjust_head(ctx, 4)?;
    Ok(reader.u8().unwrap_or(0).into())
}
