// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable more than once at a time
//! No part of a packet can be kept while its beginning moves.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let data = ctx.data_slice_mut();
    obj.bpf_xdp_adjust_head(ctx, 8)?;
    data[0] = 0;
    Ok(0)
}
