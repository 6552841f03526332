// SPDX-License-Identifier: GPL-2.0
//@ error: explicit lifetime required
//! A context cannot be exchanged for that of another run, which may be shorter.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn exchange<'a>(one: &mut XdpContext<'a>, other: &mut XdpContext) {
    core::mem::swap(one, other);
}

#[xdp]
fn prog(_: &mut XdpContext) -> XdpAction {
    XdpAction::Pass
}
