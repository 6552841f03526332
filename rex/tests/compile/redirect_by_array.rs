// SPDX-License-Identifier: GPL-2.0
//@ error: RedirectMap` is not satisfied
//! Packets are redirected by maps of devices or CPUs only.
#![no_std]
#![no_main]

use rex::map::RexArrayMap;
use rex::xdp::*;
use rex::{Result, rex_map, rex_xdp};

#[rex_map]
static array: RexArrayMap<u64> = RexArrayMap::new(4, 0);

#[rex_xdp]
fn prog(obj: &xdp, _: &mut xdp_md) -> Result {
    obj.bpf_redirect_map(&array, 0, 0)
}
