// SPDX-License-Identifier: GPL-2.0
//@ error: a program is for entries of a devmap or of a cpumap
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp(devmap, cpumap)]
fn prog(_: &xdp, _: &mut xdp_md) -> Result {
    Ok(0)
}
