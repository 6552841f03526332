// SPDX-License-Identifier: GPL-2.0
//! Programs see the sender of a packet, and its bytes that are not linear.

use super::*;

const AF_PACKET: u16 = 17;

/// Records the cgroup of the sender.
#[rex_tc]
fn knows_the_cgroup(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if is_ours(obj, skb) {
        note(CGROUP, obj.bpf_skb_cgroup_id(skb));
        note(ANCESTOR_0, obj.bpf_skb_ancestor_cgroup_id(skb, 0));
        note(ANCESTOR_9, obj.bpf_skb_ancestor_cgroup_id(skb, 9));
        note(CGROUP_ITSELF, obj.skb_cgroup(skb).map_or(0, Cgroup::id));
        note(COOKIE, obj.bpf_get_socket_cookie(skb));
        note(USER, obj.bpf_get_socket_uid(skb));
    }
    OK
}

/// Records the sender's socket, if it is a packet socket or has userspace's
/// port.
#[rex_tc]
fn sees_socket(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let Some(socket) = skb.socket() else {
        return OK;
    };
    if socket.family() == AF_PACKET {
        note(PACKET_PORT, or_none(socket.local_port()));
        note(PACKET_IP4, or_none(socket.remote_ipv4()));
        count(obj, PACKET_SOCKETS);
    } else if socket.local_port() == Some(told(OF_PORT) as u16) {
        note(FAMILY, socket.family());
        note(STATE, socket.state());
        note(BOUND_DEVICE, socket.bound_ifindex());
        note(REMOTE_PORT, or_none(socket.remote_port()));
        note(LOCAL_IP4, or_none(socket.local_ipv4().map(u32::from_be)));
        note(REMOTE_IP4, or_none(socket.remote_ipv4().map(u32::from_be)));
        note(LOCAL_IP6, last_half(socket.local_ipv6()));
        note(REMOTE_IP6, last_half(socket.remote_ipv6()));
        count(obj, SOCKETS);
    }
    OK
}

/// Returns the last 8 bytes of an IPv6 address.
fn last_half(address: Option<[u8; 16]>) -> u64 {
    let half = address.as_ref().and_then(|bytes| bytes.last_chunk());
    half.map_or(NONE, |bytes| u64::from_be_bytes(*bytes))
}

/// Has packets leave later. Those that are not IP have no time.
#[rex_tc]
fn delays(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    const NONE: u32 = BPF_SKB_TSTAMP_UNSPEC;
    const MONO: u32 = BPF_SKB_TSTAMP_DELIVERY_MONO;
    if u16::from(skb.protocol()) == ETH_P_ARP {
        note(RET, outcome(obj.bpf_skb_set_tstamp(skb, 1, MONO)));
        return OK;
    }
    if !is_ours(obj, skb) {
        return OK;
    }
    let time = obj.bpf_ktime_get_ns() + told(DELAY);
    note(DELIVERY_BEFORE, skb.tstamp());
    note(NO_TIME_RET, outcome(obj.bpf_skb_set_tstamp(skb, 0, MONO)));
    obj.bpf_skb_set_tstamp(skb, time, MONO)?;
    note(DELIVERY_AFTER, skb.tstamp());
    note(CLEAR_RET, outcome(obj.bpf_skb_set_tstamp(skb, 0, NONE)));
    note(DELIVERY_CLEARED, skb.tstamp());
    obj.bpf_skb_set_tstamp(skb, time, MONO)?;
    note(DELIVERY, time);
    count(obj, LEFT);
    OK
}

/// Records the segments of large packets.
#[rex_tc]
fn counts_segments(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if skb.len() < 4000 {
        return OK;
    }
    note(LENGTH, skb.len());
    note(SEGMENTS, skb.gso_segs());
    note(SEGMENT_SIZE, skb.gso_size());
    note(WIRE_LENGTH, skb.wire_len());
    count(obj, LARGE);
    OK
}

/// Reads the payload of TCP, which is not linear at egress.
#[rex_tc]
fn looks_deep(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let Some(tcp) = obj.try_tcp_header(skb)? else {
        return OK;
    };
    let tcp_len = tcp.header_len();
    let port = u16::from_be(tcp.dest);
    drop(tcp);
    let Some(transport) = skb.headers()?.transport? else {
        return OK;
    };
    let payload = transport.at + tcp_len;
    if port != PORT || skb.len() as usize == payload {
        return OK;
    }
    note(NOT_LINEAR, skb.data_len());
    note(LINEAR, skb.data_slice().len() as u64);
    let mut bytes = [0; 8];
    let at = skb.len() - 8;
    let (Ok(ret) | Err(ret)) = obj.bpf_skb_load_bytes(skb, at, &mut bytes);
    note(RET, ret as u64);
    note(BYTES, u64::from_be_bytes(bytes));
    let len = skb.len();
    let (Ok(ret) | Err(ret)) = obj.bpf_skb_pull_data(skb, len);
    note(PULL_RET, ret as u64);
    note(NOT_LINEAR_AFTER, skb.data_len());
    let last = skb.data_slice().last_chunk::<8>().copied();
    note(PULLED_BYTES, last.map_or(0, u64::from_be_bytes));
    // This is beyond the end.
    let (Ok(ret) | Err(ret)) = obj.bpf_skb_load_bytes(skb, at + 1, &mut bytes);
    note(BEYOND_LOAD_RET, ret as u64);
    note(BEYOND_BYTES, u64::from_be_bytes(bytes));
    let (Ok(ret) | Err(ret)) = obj.bpf_skb_store_bytes(skb, at + 1, &bytes, 0);
    note(BEYOND_STORE_RET, ret as u64);
    count(obj, LOOKED_AT);
    OK
}

/// Finds headers in any part of a packet.
#[rex_tc]
fn looks(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    note(LINEAR, skb.data_slice().len() as u64);
    note(LENGTH, skb.len());
    let port = |port| u64::from(u16::from_be(port));
    note(UDP, found(obj.try_udp_header(skb), |h| port(h.dest)));
    note(LINEAR_AFTER, skb.data_slice().len() as u64);
    OK
}
