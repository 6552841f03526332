// SPDX-License-Identifier: GPL-2.0
//! tc programs for the test net_tc.
#![no_std]
#![no_main]

mod changes;
#[path = "../../found.rs"]
mod found;
mod names;
#[path = "../../seen.rs"]
mod seen;
mod sockets;

use core::sync::atomic::Ordering::Relaxed;

use rex::context::Cgroup;
use rex::linux::bpf::{BPF_SKB_TSTAMP_DELIVERY_MONO, BPF_SKB_TSTAMP_UNSPEC};
use rex::linux::if_ether::ETH_P_ARP;
use rex::sched_cls::*;
use rex::{Result, rex_tc};

use found::*;
use names::*;
use seen::*;

const OK: Result = Ok(TC_ACT_OK as i32);
const SHOT: Result = Ok(TC_ACT_SHOT as i32);

fn count(obj: &sched_cls, index: u32) {
    if let Some(element) = obj.bpf_map_lookup_elem(&seen, &index) {
        element.atomic().fetch_add(1, Relaxed);
    }
}

fn is_ours(obj: &sched_cls, skb: &mut __sk_buff) -> bool {
    obj.try_udp_header(skb)
        .is_ok_and(|udp| udp.is_some_and(|udp| udp.dest == PORT.to_be()))
}

/// Returns `TC_ACT_UNSPEC`, until it dies.
#[rex_tc]
fn dies_if_told(_: &sched_cls, _: &mut __sk_buff) -> Result {
    assert_eq!(told(DIE), 0, "asked to");
    Ok(TC_ACT_UNSPEC)
}

#[rex_tc]
fn drops_all(_: &sched_cls, _: &mut __sk_buff) -> Result {
    SHOT
}

/// Records the headers that it finds in a packet.
#[rex_tc]
fn parses(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let port = |port| u64::from(u16::from_be(port));
    note(ETH, found(obj.try_eth_header(skb), |h| port(h.h_proto)));
    note(
        VLAN,
        found(obj.try_vlan_header(skb), |h| h.vlan_id().into()),
    );
    let source = |source| u64::from(u32::from_be(source));
    note(IP4, found(obj.try_ip_header(skb), |h| source(h.saddr)));
    note(IP6, found(obj.try_ipv6_header(skb), |h| h.hop_limit.into()));
    note(TCP, found(obj.try_tcp_header(skb), |h| port(h.dest)));
    note(UDP, found(obj.try_udp_header(skb), |h| port(h.dest)));
    note(ICMP, found(obj.try_icmp_header(skb), |h| h.r#type.into()));
    note(LINEAR, skb.data_slice().len() as u64);
    note(LENGTH, skb.len());
    note(NOT_LINEAR, skb.data_len());
    OK
}

/// Reads headers by upstream's methods: at fixed offsets, with a panic if the
/// packet is too short.
#[allow(deprecated)]
#[rex_tc]
fn takes_headers(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    note(ETHERTYPE_TAKEN, u16::from_be(obj.eth_header(skb).h_proto));
    note(PROTOCOL_TAKEN, obj.ip_header(skb).protocol);
    note(UDP_PORT_TAKEN, u16::from_be(obj.udp_header(skb).dest));
    note(TCP_PORT_TAKEN, u16::from_be(obj.tcp_header(skb).dest));
    obj.ip_header(skb).ttl = 5;
    SHOT
}

/// Records the context's fields.
#[rex_tc]
fn fields(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    note(PROTOCOL, u16::from(skb.protocol()));
    note(INGRESS, skb.ingress_ifindex());
    note(DEVICE, skb.ifindex());
    note(MARK, skb.mark());
    note(PRIORITY, skb.priority());
    note(PACKET_TYPE, skb.pkt_type());
    note(HAS_TAG, skb.vlan_present());
    note(TAG, skb.vlan_tci());
    note(TAG_PROTOCOL, u16::from(skb.vlan_proto()));
    note(QUEUE, skb.queue_mapping());
    note(TC_INDEX, skb.tc_index());
    note(HASH, skb.hash());
    note(HASH_RECALC, obj.bpf_get_hash_recalc(skb));
    note(HASH_AFTER, skb.hash());
    note(NAPI_ID, skb.napi_id());
    let cb = skb.cb();
    note(CB, u64::from(cb[0] as u8) | u64::from(cb[19] as u8) << 8);
    OK
}

/// Sets all fields that can be set.
#[rex_tc]
fn sets_fields(_: &sched_cls, skb: &mut __sk_buff) -> Result {
    skb.set_mark(skb.mark() + 1);
    skb.set_priority(77);
    skb.set_tc_index(78);
    note(SET_QUEUE_RET, outcome(skb.set_queue_mapping(0)));
    note(SET_BAD_QUEUE_RET, outcome(skb.set_queue_mapping(1)));
    skb.set_tc_classid(79);
    let mut cb = skb.cb();
    cb[0] = 80;
    cb[19] = 81;
    skb.set_cb(&cb);
    note(CLASSID, skb.tc_classid());
    note(QUEUE, skb.queue_mapping());
    OK
}

fn outcome(result: Result) -> u64 {
    let (Ok(number) | Err(number)) = result;
    i64::from(number) as u64
}

/// Tries operations that would harm the kernel in a classifier of a queueing
/// discipline.
#[rex_tc]
fn classifies(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    count(obj, CLASSIFIED);
    note(SET_BAD_QUEUE_RET, outcome(skb.set_queue_mapping(60000)));
    note(QUEUE, skb.queue_mapping());
    note(REDIRECT_RET, outcome(obj.bpf_redirect(skb.ifindex(), 0)));
    note(
        REDIRECT_NEIGH_RET,
        outcome(obj.bpf_redirect_neigh(skb.ifindex(), 0)),
    );
    note(
        REDIRECT_PEER_RET,
        outcome(obj.bpf_redirect_peer(skb.ifindex(), 0)),
    );
    OK
}

/// Counts UDP to `PORT` and everything else.
fn counts(
    obj: &sched_cls,
    skb: &mut __sk_buff,
    ours: u32,
    others: u32,
) -> Result {
    count(obj, if is_ours(obj, skb) { ours } else { others });
    OK
}

#[rex_tc]
fn counts_ingress(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    counts(obj, skb, ARRIVED, OTHERS_ARRIVED)
}

#[rex_tc]
fn counts_egress(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    counts(obj, skb, LEFT, OTHERS_LEFT)
}

#[rex_tc]
fn drops(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    count(obj, DROPPED);
    SHOT
}

#[rex_tc]
fn reads_metadata(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let data = skb.data_slice();
    match Headers::parse(data)?.udp(data)? {
        Some(udp) if u16::from_be(udp.dest) == PORT => {}
        _ => return OK,
    }
    note(METADATA_LENGTH, skb.metadata().len() as u64);
    let data = <[u8; 8]>::try_from(skb.metadata());
    note(METADATA, data.map_or(0, u64::from_be_bytes));
    count(obj, METADATA_READ);
    OK
}

/// Returns userspace's number, in `Ok` or in `Err`.
#[rex_tc]
fn returns(_: &sched_cls, _: &mut __sk_buff) -> Result {
    let number = told(NUMBER) as i32;
    if told(AS_ERROR) == 0 {
        Ok(number)
    } else {
        Err(number)
    }
}

/// Returns the error of a helper.
#[rex_tc]
fn fails(obj: &sched_cls, skb: &mut __sk_buff) -> Result<TcAction> {
    obj.bpf_skb_change_tail(skb, 1 << 24, 0)?;
    Ok(TcAction::Pipe)
}

/// Does the same, and passes packets on errors.
#[rex_tc(default_ret = -1)]
fn fails_open(obj: &sched_cls, skb: &mut __sk_buff) -> Result<TcAction> {
    fails(obj, skb)
}
