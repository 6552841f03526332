// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be known at compilation time
//! A packet is redirected by a map of a type that the compiler knows.
#![no_std]
#![no_main]

use rex::map::RedirectMap;
use rex::prelude::*;

#[map]
static DEVICES: DevMap<u32> = DevMap::with_max_entries(1);

#[xdp]
fn prog(ctx: &mut XdpContext) -> XdpAction {
    let map: &'static dyn RedirectMap = &DEVICES;
    ctx.redirect_map(map, 0, XdpAction::Pass)
}
