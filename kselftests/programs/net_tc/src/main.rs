// SPDX-License-Identifier: GPL-2.0
//! tc programs for the test net_tc.
#![no_std]
#![no_main]

mod names;

use core::sync::atomic::Ordering::Relaxed;

use rex::linux::bpf::{
    BPF_ADJ_ROOM_MAC, BPF_F_INGRESS, BPF_F_PSEUDO_HDR, BPF_F_RECOMPUTE_CSUM,
};
use rex::linux::if_ether::ETH_P_8021Q;
use rex::map::RexArrayMap;
use rex::sched_cls::*;
use rex::{Result, rex_map, rex_tc};

use names::*;

const OK: Result = Ok(TC_ACT_OK as i32);
const SHOT: Result = Ok(TC_ACT_SHOT as i32);

const AF_PACKET: u16 = 17;

/// What programs see, for userspace.
#[rex_map]
static seen: RexArrayMap<u64> = RexArrayMap::new(128, 0);

/// What programs are told by userspace.
#[rex_map]
static config: RexArrayMap<u64> = RexArrayMap::new(16, 0);

fn note(index: u32, value: impl Into<u64>) {
    let _ = seen.insert(&index, &value.into());
}

fn count(obj: &sched_cls, index: u32) {
    if let Some(element) = obj.bpf_map_lookup_elem(&seen, &index) {
        element.atomic().fetch_add(1, Relaxed);
    }
}

fn told(index: u32) -> u64 {
    config.get(&index).unwrap_or(0)
}

fn or_none<T: Into<u64>>(value: Option<T>) -> u64 {
    value.map_or(NONE, Into::into)
}

fn is_ours(obj: &sched_cls, skb: &mut __sk_buff) -> bool {
    obj.try_udp_header(skb)
        .is_ok_and(|udp| udp.is_some_and(|udp| udp.dest == PORT.to_be()))
}

/// What is known of a header, or why it is not known.
fn found<T>(
    header: Result<Option<T>, Unknown>,
    value: impl Fn(T) -> u64,
) -> u64 {
    match header {
        Ok(header) => header.map_or(NONE, value),
        Err(Unknown::Truncated) => TRUNCATED,
        Err(Unknown::LaterFragment) => LATER_FRAGMENT,
        Err(_) => u64::MAX - 3,
    }
}

/// Has no opinion, until it dies.
#[rex_tc]
fn dies_if_told(_: &sched_cls, _: &mut __sk_buff) -> Result {
    assert_eq!(told(DIE), 0, "asked to");
    Ok(TC_ACT_UNSPEC)
}

#[rex_tc]
fn drops_all(_: &sched_cls, _: &mut __sk_buff) -> Result {
    SHOT
}

/// What the headers of a packet are taken for.
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

/// Headers as upstream has them: where they are in most packets, and a panic where
/// the packet ends before.
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

/// The context's fields.
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

/// Sets what can be set.
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

/// What would harm the kernel in a classifier of a queueing discipline.
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

/// Changes the port of UDP to `PORT` to the next one, by helpers.
#[rex_tc]
fn changes_port(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let Ok(Some(transport)) =
        skb.headers().and_then(|headers| headers.transport)
    else {
        return OK;
    };
    if !is_ours(obj, skb) {
        return OK;
    }
    let (old, new) = (PORT.to_be(), (PORT + 1).to_be());
    let at = transport.at as u32;
    obj.bpf_l4_csum_replace(skb, at + 6, old.into(), new.into(), 2)?;
    obj.bpf_skb_store_bytes(skb, at + 2, &new.to_ne_bytes(), 0)?;
    count(obj, CHANGED);
    OK
}

/// Changes the source's address of UDP to `PORT`, with all checksums.
#[rex_tc]
fn changes_address(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    let old = obj.try_ip_header(skb)?.ok_or(TC_ACT_OK as i32)?.saddr;
    let new = u32::from_ne_bytes([10, 9, 8, 7]);
    let (from, to) = (u64::from(old), u64::from(new));
    obj.bpf_l4_csum_replace(skb, 40, from, to, BPF_F_PSEUDO_HDR | 4)?;
    obj.bpf_l3_csum_replace(skb, 24, from, to, 4)?;
    obj.bpf_skb_store_bytes(skb, 26, &new.to_ne_bytes(), 0)?;
    count(obj, CHANGED);
    OK
}

/// Overwrites the payload in place: what others have of the packet must not
/// change.
#[rex_tc]
fn overwrites(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    let data = skb.data_slice_mut()?;
    if let Some(payload) = data.get_mut(42..) {
        payload.fill(b'W');
    }
    count(obj, CHANGED);
    OK
}

/// As `overwrites`, by a view of the header: the port gets the next one.
#[rex_tc]
fn overwrites_header(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if let Ok(Some(mut udp)) = obj.try_udp_header(skb)
        && u16::from_be(udp.dest) == PORT
    {
        udp.dest = (PORT + 1).to_be();
        udp.check = 0;
        count(obj, CHANGED);
    }
    OK
}

/// Sends a copy to the device that userspace names, and changes the original.
#[rex_tc]
fn clones(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    let (Ok(ret) | Err(ret)) =
        obj.bpf_clone_redirect(skb, told(TO_DEVICE) as u32, told(FLAGS));
    note(RET, ret as u64);
    note(LINEAR, skb.data_slice().len() as u64);
    if let Some(payload) = skb.data_slice_mut()?.get_mut(42..) {
        payload.fill(b'O');
    }
    OK
}

#[rex_tc]
fn redirects(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    count(obj, REDIRECTED);
    obj.bpf_redirect(told(TO_DEVICE) as u32, told(FLAGS))
}

#[rex_tc]
fn redirects_to_peer(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    count(obj, REDIRECTED);
    obj.bpf_redirect_peer(told(TO_DEVICE) as u32, 0)
}

#[rex_tc]
fn redirects_to_neighbour(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if !is_ours(obj, skb) {
        return OK;
    }
    count(obj, REDIRECTED);
    obj.bpf_redirect_neigh(told(TO_DEVICE) as u32, told(FLAGS))
}

/// Where the packet would be routed to, and a checksum's difference.
#[rex_tc]
fn routes(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let headers = skb.headers()?;
    let data = skb.data_slice();
    let Some(ip) = headers.ipv4(data) else {
        return OK;
    };
    let mut params = bpf_fib_lookup {
        family: 2,
        ifindex: skb.ifindex(),
        tot_len: u16::from_be(ip.tot_len),
        ..Default::default()
    };
    params.src[0] = ip.saddr;
    params.dst[0] = ip.daddr;
    let (Ok(ret) | Err(ret)) = obj.bpf_fib_lookup(skb, &mut params, 0);
    note(RET, ret as u64);
    note(ROUTE_DEVICE, params.ifindex);
    note(ROUTE_MAC, params.dmac[5]);
    let sum = obj.bpf_csum_diff(&[0, 1, 0, 0], &[0, 3, 0, 0], 0);
    note(SUM_DIFF, or_none(sum.ok()));
    count(obj, ROUTED);
    OK
}

/// The cgroup of the sender.
#[rex_tc]
fn knows_the_cgroup(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if is_ours(obj, skb) {
        note(CGROUP, obj.bpf_skb_cgroup_id(skb));
        note(ANCESTOR_0, obj.bpf_skb_ancestor_cgroup_id(skb, 0));
        note(ANCESTOR_9, obj.bpf_skb_ancestor_cgroup_id(skb, 9));
    }
    OK
}

/// What is known of the sender's socket, if it is a packet socket or has the port
/// that userspace names.
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

/// The last 8 bytes of an IPv6 address.
fn last_half(address: Option<[u8; 16]>) -> u64 {
    let half = address.as_ref().and_then(|bytes| bytes.last_chunk());
    half.map_or(NONE, |bytes| u64::from_be_bytes(*bytes))
}

/// Looks at the payload of TCP, which is not linear where it is sent.
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
    // Beyond the end.
    let (Ok(ret) | Err(ret)) = obj.bpf_skb_load_bytes(skb, at + 1, &mut bytes);
    note(BEYOND_LOAD_RET, ret as u64);
    note(BEYOND_BYTES, u64::from_be_bytes(bytes));
    let (Ok(ret) | Err(ret)) = obj.bpf_skb_store_bytes(skb, at + 1, &bytes, 0);
    note(BEYOND_STORE_RET, ret as u64);
    count(obj, LOOKED_AT);
    OK
}

/// Looks at headers wherever they are.
#[rex_tc]
fn looks(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    note(LINEAR, skb.data_slice().len() as u64);
    note(LENGTH, skb.len());
    let port = |port| u64::from(u16::from_be(port));
    note(UDP, found(obj.try_udp_header(skb), |h| port(h.dest)));
    note(LINEAR_AFTER, skb.data_slice().len() as u64);
    OK
}

#[rex_tc]
fn tags(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let (Ok(ret) | Err(ret)) =
        obj.bpf_skb_vlan_push(skb, ETH_P_8021Q.into(), told(VLAN_ID) as u16);
    note(RET, ret as u64);
    note(HAS_TAG, skb.vlan_present());
    note(TAG, skb.vlan_tci() & 0xfff);
    if told(POP) != 0 {
        let (Ok(ret) | Err(ret)) = obj.bpf_skb_vlan_pop(skb);
        note(POP_RET, ret as u64);
        note(HAS_TAG_AFTER, skb.vlan_present());
    }
    OK
}

/// Changes the length.
#[rex_tc]
fn resizes(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let (Ok(ret) | Err(ret)) = match told(HOW) {
        TAIL => obj.bpf_skb_change_tail(skb, told(BY) as u32, 0),
        HEAD => obj.bpf_skb_change_head(skb, told(BY) as u32, 0),
        ROOM => {
            obj.bpf_skb_adjust_room(skb, told(BY) as i32, BPF_ADJ_ROOM_MAC, 0)
        }
        _ => return SHOT,
    };
    note(RET, ret as u64);
    note(LENGTH, skb.len());
    note(LINEAR, skb.data_slice().len() as u64);
    OK
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

/// Corrects the sum by storing.
#[rex_tc]
fn stores(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let bytes = told(NEW_BYTES).to_be_bytes();
    let at = told(AT) as u32;
    let (Ok(ret) | Err(ret)) =
        obj.bpf_skb_store_bytes(skb, at, &bytes, BPF_F_RECOMPUTE_CSUM);
    note(RET, ret as u64);
    let (Ok(ret) | Err(ret)) =
        obj.bpf_skb_store_bytes(skb, at, &bytes, BPF_F_INGRESS << 40);
    note(BAD_FLAG_RET, ret as u64);
    OK
}

/// Returns what userspace says, in `Ok` or in `Err`.
#[rex_tc]
fn returns(_: &sched_cls, _: &mut __sk_buff) -> Result {
    let number = told(NUMBER) as i32;
    if told(AS_ERROR) == 0 {
        Ok(number)
    } else {
        Err(number)
    }
}

/// A helper that fails.
#[rex_tc]
fn fails(obj: &sched_cls, skb: &mut __sk_buff) -> Result<TcAction> {
    obj.bpf_skb_change_tail(skb, 1 << 24, 0)?;
    Ok(TcAction::Pipe)
}

/// As above, where nothing may be lost.
#[rex_tc(default_ret = -1)]
fn fails_open(obj: &sched_cls, skb: &mut __sk_buff) -> Result<TcAction> {
    fails(obj, skb)
}

/// Replaces as many bytes as userspace says, from where it says, with checksums.
#[rex_tc]
fn replaces(obj: &sched_cls, skb: &mut __sk_buff) -> Result<TcAction> {
    let bytes = told(NEW_BYTES).to_be_bytes();
    let to = bytes.get(..told(SIZE) as usize).unwrap_or(&[]);
    let headers = skb.headers()?;
    let result = obj.replace(skb, &headers, told(AT) as usize, to);
    note(RET, result.err().unwrap_or(0) as u64);
    Ok(TcAction::Ok)
}

/// A place of a connection: address and port, as they are in packets.
type Place = ([u8; 4], [u8; 2]);

/// Where packets are sent to, and where they get instead.
const VIRTUAL: Place = ([10, 0, 0, 9], (PORT + 1).to_be_bytes());
const REAL: Place = ([10, 0, 0, 2], PORT.to_be_bytes());

/// Replaces `from` by `to`, if TCP has them at these places of the headers.
fn translate(
    obj: &sched_cls,
    skb: &mut __sk_buff,
    (address, port): (usize, usize),
    from: &Place,
    to: &Place,
) -> Result<TcAction> {
    let headers = skb.headers()?;
    let data = skb.data_slice();
    let Some(transport) = headers.transport? else {
        return Ok(TcAction::Unspec);
    };
    let address = headers.network + address;
    let port = transport.at + port;
    if headers.tcp(data)?.is_none()
        || data.get(address..address + 4) != Some(&from.0)
        || data.get(port..port + 2) != Some(&from.1)
    {
        return Ok(TcAction::Unspec);
    }
    obj.replace(skb, &headers, address, &to.0)?;
    obj.replace(skb, &headers, port, &to.1)?;
    count(obj, CHANGED);
    Ok(TcAction::Ok)
}

#[rex_tc]
fn translates_destination(
    obj: &sched_cls,
    skb: &mut __sk_buff,
) -> Result<TcAction> {
    translate(obj, skb, (16, 2), &VIRTUAL, &REAL)
}

#[rex_tc]
fn translates_source(obj: &sched_cls, skb: &mut __sk_buff) -> Result<TcAction> {
    translate(obj, skb, (12, 0), &REAL, &VIRTUAL)
}
