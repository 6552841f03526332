// SPDX-License-Identifier: GPL-2.0
//@ error: expected "ingress" or "egress"
//! A program says which packets it is for.
#![no_std]
#![no_main]

use rex::cgroup_skb::*;
use rex::{Result, rex_cgroup_skb};

#[rex_cgroup_skb]
fn prog(_: &cgroup_skb, _: &CgroupPacket) -> Result {
    Ok(PASS)
}
