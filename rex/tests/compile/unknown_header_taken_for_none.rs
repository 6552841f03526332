// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A header of unknown kind is not taken for one that is missing.
#![no_std]
#![no_main]

use rex::rex_xdp;
use rex::xdp::*;

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> XdpAction {
    let Some(udp) = obj.try_udp_header(ctx) else {
        return XdpAction::Pass;
    };
    match u16::from_be(udp.dest) {
        53 => XdpAction::Drop,
        _ => XdpAction::Pass,
    }
}
