// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable because it is also borrowed as immutable
//! The metadata of a packet cannot be kept while its beginning moves.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let metadata = ctx.metadata();
    obj.bpf_xdp_adjust_meta(ctx, 4)?;
    Ok(i32::from(metadata[0]))
}
