// SPDX-License-Identifier: GPL-2.0
//@ error: default_ret is none of XdpAction
//! The kernel would complain of a number that is no action.
#![no_std]
#![no_main]

use rex::rex_xdp;
use rex::xdp::*;

#[rex_xdp(default_ret = 5)]
fn prog(_: &xdp, _: &mut xdp_md) -> XdpAction {
    XdpAction::Pass
}
