// SPDX-License-Identifier: GPL-2.0
//! A program that does nothing, to measure entry and exit.
#![no_std]
#![no_main]

use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_xdp};

#[rex_xdp]
pub fn empty(_: &xdp, _: &mut xdp_md) -> Result {
    Ok(XDP_PASS as i32)
}
