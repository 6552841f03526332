// SPDX-License-Identifier: GPL-2.0
//@ error: the trait bound `MapType<14>: Keyed` is not satisfied
//! Programs name entries of a map of devices, and do not see them.
#![no_std]
#![no_main]

use rex::map::RexDevMap;
use rex::xdp::*;
use rex::{Result, rex_map, rex_xdp};

#[rex_map]
static devices: RexDevMap = RexDevMap::new(4, 0);

#[rex_xdp]
fn prog(obj: &xdp, _: &mut xdp_md) -> Result {
    obj.bpf_map_lookup_elem(&devices, &0).map(|_| 0).ok_or(1)
}
