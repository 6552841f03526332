// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable because it is also borrowed as immutable
//! No part of a packet can be kept while its end moves, of the field neither.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let data = &ctx.data_slice[2..];
    obj.bpf_xdp_adjust_tail(ctx, -8)?;
    Ok(i32::from(data[0]))
}
