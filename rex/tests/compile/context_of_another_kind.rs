// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! The context of an XDP program is not that of tc.
#![no_std]
#![no_main]

use rex::prelude::*;

#[xdp]
fn prog(_: &mut TcContext) -> XdpAction {
    XdpAction::Pass
}
