// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A packet cannot be kept for longer than the run.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

pub fn keep(ctx: &mut xdp_md) -> &'static [u8] {
    ctx.data_slice()
}

#[rex_xdp]
fn prog(_: &xdp, _: &mut xdp_md) -> Result {
    Ok(0)
}
