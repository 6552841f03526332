// SPDX-License-Identifier: GPL-2.0
//! cgroup_skb programs for the test net_cgroup.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;
#[path = "../../seen.rs"]
mod seen;

use core::sync::atomic::Ordering::Relaxed;

use rex::cgroup_skb::*;
use rex::context::Cgroup;
use rex::linux::errno::EINVAL;
use rex::{Result, rex_cgroup_skb};

use names::*;
use seen::*;

const UDP: u8 = 17;
/// The length of an IPv4 header without options and a UDP header.
const HEADERS: usize = 28;

#[rex_cgroup_skb("egress")]
fn leaves(obj: &cgroup_skb, packet: &CgroupPacket) -> Result {
    look(obj, packet, LEAVES)
}

#[rex_cgroup_skb("ingress")]
fn arrives(obj: &cgroup_skb, packet: &CgroupPacket) -> Result {
    look(obj, packet, ARRIVES)
}

fn look(obj: &cgroup_skb, packet: &CgroupPacket, which: u32) -> Result {
    let mut headers = [0; HEADERS];
    if obj.bpf_skb_load_bytes(packet, 0, &mut headers).is_err()
        || headers[9] != UDP
        || u16::from_be_bytes([headers[22], headers[23]]) != PORT
    {
        return Ok(PASS);
    }
    if let Some(count) = obj.bpf_map_lookup_elem(&seen, &which) {
        count.atomic().fetch_add(1, Relaxed);
    }
    let mut payload = [0; 4];
    let mut beyond = [1; 4];
    let len = packet.len();
    let loaded = obj.bpf_skb_load_bytes(packet, HEADERS as u32, &mut payload);
    let loaded_beyond = obj.bpf_skb_load_bytes(packet, len - 3, &mut beyond);
    let notes = [
        (LENGTH, len.into()),
        (
            HAS_HEADERS,
            packet.data_slice().starts_with(&headers).into(),
        ),
        (PROTOCOL, u16::from(packet.protocol()).into()),
        (DEVICE, packet.ifindex().into()),
        (MARK, packet.mark().into()),
        (LOADED, loaded.is_ok().into()),
        (PAYLOAD, u32::from_be_bytes(payload).into()),
        (LOADED_BEYOND, loaded_beyond.is_ok().into()),
        (BEYOND, u32::from_be_bytes(beyond).into()),
        (CGROUP, obj.bpf_skb_cgroup_id(packet)),
        (ANCESTOR_0, obj.bpf_skb_ancestor_cgroup_id(packet, 0)),
        (ANCESTOR_9, obj.bpf_skb_ancestor_cgroup_id(packet, 9)),
        (COOKIE, obj.bpf_get_socket_cookie(packet)),
        (USER, obj.bpf_get_socket_uid(packet).into()),
        (CGROUP_ITSELF, obj.skb_cgroup(packet).map_or(0, Cgroup::id)),
        (
            ROOT_ITSELF,
            obj.skb_cgroup(packet)
                .and_then(|cgroup| cgroup.ancestor(0))
                .map_or(0, Cgroup::id),
        ),
    ];
    for (index, value) in notes {
        note(index, value);
    }
    let acts = told(WHICH) as u32;
    if acts == NEITHER || acts != which {
        return Ok(PASS);
    }
    match told(HOW) {
        RETURN_DROP => Ok(DROP),
        RETURN_PASS => Ok(PASS),
        RETURN_2 => Ok(2),
        RETURN_ERR_0 => Err(0),
        PANIC => panic!("as told"),
        FAIL => Err(-EINVAL),
        _ => panic!("not told how"),
    }
}
