// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A program cannot ask for a packet that lives forever.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(_: &xdp, _: &'static mut xdp_md) -> Result {
    Ok(0)
}
