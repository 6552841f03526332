// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A helper's number is not a verdict by chance.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> Result<XdpAction> {
    obj.bpf_xdp_adjust_head(ctx, -4)
}
