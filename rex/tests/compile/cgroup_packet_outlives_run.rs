// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! The bytes of a packet are gone with the run.
#![no_std]
#![no_main]

use rex::cgroup_skb::*;
use rex::{Result, rex_cgroup_skb};

fn keep(bytes: &'static [u8]) -> usize {
    bytes.len()
}

#[rex_cgroup_skb("egress")]
fn prog(_: &cgroup_skb, packet: &CgroupPacket) -> Result {
    Ok((keep(packet.data_slice()) == 0).into())
}
