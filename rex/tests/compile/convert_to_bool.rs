// SPDX-License-Identifier: GPL-2.0
//@ error: `bool` is not plain data
//! Bytes of a packet are no `bool`.
#![no_std]
#![no_main]

use rex::utils::convert_slice_to_struct;
use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(_: &xdp, ctx: &mut xdp_md) -> Result {
    let value = *convert_slice_to_struct::<bool>(ctx.data_slice());
    Ok(value as i32)
}
