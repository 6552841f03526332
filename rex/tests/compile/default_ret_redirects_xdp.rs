// SPDX-License-Identifier: GPL-2.0
//@ error: an XDP action that does not redirect
//! An XDP program does not redirect where it could not run.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp(default_ret = 4)]
fn prog(_: &xdp, _: &mut xdp_md) -> Result {
    Ok(0)
}
