// SPDX-License-Identifier: GPL-2.0
//@ error: `Header` is not plain data
//! Bytes of a packet are no struct with a `bool`.
#![no_std]
#![no_main]

use rex::utils::convert_slice_to_struct_mut;
use rex::xdp::*;
use rex::{Result, rex_xdp};

#[derive(Clone, Copy)]
#[repr(C)]
struct Header {
    flag: bool,
}

#[rex_xdp]
fn prog(_: &xdp, ctx: &mut xdp_md) -> Result {
    let mut header =
        convert_slice_to_struct_mut::<Header>(ctx.data_slice_mut());
    header.flag = true;
    Ok(0)
}
