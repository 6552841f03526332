// SPDX-License-Identifier: GPL-2.0
//@ error: the size for values of type `[()]` cannot be known
//! Packets cannot be swapped with others.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

pub fn exchange(a: &mut xdp_md, b: &mut xdp_md) {
    core::mem::swap(a, b);
}

#[rex_xdp]
fn prog(_: &xdp, _: &mut xdp_md) -> Result {
    Ok(0)
}
