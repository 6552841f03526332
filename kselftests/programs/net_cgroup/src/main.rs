// SPDX-License-Identifier: GPL-2.0
//! cgroup_skb programs for the test net_cgroup.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use core::sync::atomic::Ordering::Relaxed;

use rex::cgroup_skb::*;
use rex::linux::errno::EINVAL;
use rex::map::RexArrayMap;
use rex::{Result, rex_cgroup_skb, rex_map};

/// UDP to this port is what the programs look for.
const PORT: u16 = 9;
const UDP: u8 = 17;
/// Bytes of an IPv4 header without options and a UDP header.
const HEADERS: usize = 28;

/// What programs see, for userspace: elements are numbered as they are stored.
#[rex_map]
static seen: RexArrayMap<u64> = RexArrayMap::new(32, 0);

/// What programs are told by userspace: which of them acts, and how.
#[rex_map]
static config: RexArrayMap<u64> = RexArrayMap::new(2, 0);

const LEAVES: u64 = 1;
const ARRIVES: u64 = 2;

#[rex_cgroup_skb("egress")]
fn leaves(obj: &cgroup_skb, packet: &CgroupPacket) -> Result {
    look(obj, packet, LEAVES)
}

#[rex_cgroup_skb("ingress")]
fn arrives(obj: &cgroup_skb, packet: &CgroupPacket) -> Result {
    look(obj, packet, ARRIVES)
}

fn look(obj: &cgroup_skb, packet: &CgroupPacket, which: u64) -> Result {
    let mut headers = [0; HEADERS];
    if obj.bpf_skb_load_bytes(packet, 0, &mut headers).is_err()
        || headers[9] != UDP
        || u16::from_be_bytes([headers[22], headers[23]]) != PORT
    {
        return Ok(PASS);
    }
    if let Some(count) = obj.bpf_map_lookup_elem(&seen, &(which as u32)) {
        count.atomic().fetch_add(1, Relaxed);
    }
    let mut payload = [0; 4];
    let mut beyond = [1; 4];
    let len = packet.len();
    let values = [
        packet.len().into(),
        packet.data_slice().starts_with(&headers).into(),
        u16::from(packet.protocol()).into(),
        packet.ifindex().into(),
        obj.bpf_skb_load_bytes(packet, HEADERS as u32, &mut payload)
            .is_ok()
            .into(),
        u32::from_be_bytes(payload).into(),
        obj.bpf_skb_load_bytes(packet, len - 3, &mut beyond)
            .is_ok()
            .into(),
        u32::from_be_bytes(beyond).into(),
        obj.bpf_skb_cgroup_id(packet),
        obj.bpf_skb_ancestor_cgroup_id(packet, 0),
        obj.bpf_skb_ancestor_cgroup_id(packet, 9),
        packet.mark().into(),
    ];
    for (index, value) in (10..).zip(values) {
        seen.insert(&index, &value)?;
    }
    if config.get(&0) != Some(which) {
        return Ok(PASS);
    }
    match config.get(&1) {
        Some(0) => Ok(DROP),
        Some(1) => Ok(PASS),
        Some(2) => Ok(2),
        Some(3) => Err(0),
        Some(4) => panic!("as told"),
        _ => Err(-EINVAL),
    }
}
