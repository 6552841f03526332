// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! A map in a static keeps no packet of a run.
#![no_std]
#![no_main]

use rex::bounded::BoundedMap;
use rex::sync::TryLock;
use rex::xdp::*;
use rex::{Result, rex_xdp};

static SEEN: TryLock<BoundedMap<u32, &'static [u8]>> =
    TryLock::new(BoundedMap::new(4));

#[rex_xdp]
fn prog(_: &xdp, ctx: &mut xdp_md) -> Result {
    SEEN.try_lock()
        .ok_or(-1)?
        .get_or_insert(1, ctx.data_slice());
    Ok(XDP_PASS as i32)
}
