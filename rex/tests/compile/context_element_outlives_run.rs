// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! An element that a context has looked up does not outlive the run.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: HashMap<u32, u64> = HashMap::with_max_entries(1);

pub fn keep(ctx: &XdpContext) -> Option<MapRef<'static, u64>> {
    MAP.lookup(ctx, 1)
}

#[xdp]
fn prog(_: &mut XdpContext) -> XdpAction {
    XdpAction::Pass
}
