// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! The bytes of a packet stay with it: nothing can be put in their place.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let data: &mut [u8] = core::mem::take(&mut ctx.data_slice);
    obj.bpf_xdp_adjust_tail(ctx, -8)?;
    Ok(i32::from(data[0]))
}
