// SPDX-License-Identifier: GPL-2.0
//@ error: `default_ret` of this kind of program
//! The default result of an XDP program is one of its actions.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp(default_ret = 17)]
fn prog(_: &xdp, _: &mut xdp_md) -> Result {
    Ok(0)
}
