// SPDX-License-Identifier: GPL-2.0
//@ error: the size for values of type `[()]` cannot be known
//! The bytes of a packet cannot be swapped with another's.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

pub fn exchange(a: &mut xdp_md, b: &mut xdp_md) {
    core::mem::swap(&mut a.data_slice, &mut b.data_slice);
}

#[rex_xdp]
fn prog(_: &xdp, _: &mut xdp_md) -> Result {
    Ok(0)
}
