// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A packet of a cgroup cannot be written to: its bytes are shared.
#![no_std]
#![no_main]

use rex::cgroup_skb::*;
use rex::{Result, rex_cgroup_skb};

#[rex_cgroup_skb("egress")]
fn prog(_: &cgroup_skb, _: &mut CgroupPacket) -> Result {
    Ok(PASS)
}
