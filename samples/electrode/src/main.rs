// SPDX-License-Identifier: GPL-2.0
//! The fast path of a replicated log (Paxos, or Viewstamped Replication): what
//! happens for each operation when nothing is wrong, in the kernel.
#![no_std]
#![no_main]

mod maps;
mod message;

use rex::linux::bpf::{BPF_F_MARK_MANGLED_0, BPF_F_PSEUDO_HDR};
use rex::linux::errno::ENODATA;
use rex::sched_cls::*;
use rex::xdp::*;
use rex::{Result, bytes_of, rex_tc, rex_xdp};

use maps::*;
use message::*;

const OK: Result = Ok(TC_ACT_OK as i32);
const PASS: Result = Ok(XDP_PASS as i32);
const DROP: Result = Ok(XDP_DROP as i32);

/// Bytes that a message is in, with all headers.
const PACKET: u32 = 256;
/// Hops that messages may take; a multicast may take one.
const TTL: u8 = 64;

/// Leader: an operation that is sent to a multicast address is sent to each of the
/// other replicas instead. Those packets come by here again, and pass.
#[rex_tc]
fn broadcast(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let wanted = skb.len().min(PACKET);
    if (skb.data_slice().len() as u32) < wanted {
        obj.bpf_skb_pull_data(skb, wanted)?;
    }
    let Some(Received { message, udp, .. }) = Received::parse(skb.data_slice())
    else {
        return OK;
    };
    let Some(config) = CONFIG.get(&0) else {
        return OK;
    };
    let to_many = skb.data_slice().first().is_some_and(|byte| byte & 1 != 0);
    if message.kind != PREPARE || !to_many {
        return OK;
    }
    if start_count(obj, &message, config.me).is_none() {
        return Ok(TC_ACT_SHOT as i32);
    }
    let replicas = config.replicas.min(MAX_REPLICAS);
    for id in (0..replicas).filter(|id| *id != config.me) {
        if let Some(peer) = peer(id) {
            // Who cannot be reached is a lost replica, and the others will do.
            let _ = send_to(obj, skb, udp, &peer);
        }
    }
    count(obj.bpf_map_lookup_elem(&COUNTS, &(Event::Sent as u32)));
    Ok(TC_ACT_STOLEN as i32)
}

/// The leader itself has the operation. If it is sent again, what has been
/// acknowledged remains so; userspace, which may have missed it, is told again.
fn start_count(obj: &sched_cls, message: &Message, me: u32) -> Option<()> {
    let index = quorum_index(message.op);
    let element = obj.bpf_map_lookup_elem(&QUORUMS, &index)?;
    let mut quorum = element.lock().ok()?;
    if (quorum.view, quorum.op) != (message.view, message.op) {
        quorum.view = message.view;
        quorum.op = message.op;
        quorum.replicas = 1u32.checked_shl(me)?;
    }
    quorum.told = 0;
    Some(())
}

/// Sends a copy of the packet to `peer`.
fn send_to(
    obj: &sched_cls,
    skb: &mut __sk_buff,
    udp: usize,
    peer: &Peer,
) -> Result {
    let mut eth = obj.try_eth_header(skb)?.ok_or(-ENODATA)?;
    eth.h_source = peer.own_mac;
    eth.h_dest = peer.mac;
    drop(eth);
    let mut ip = obj.try_ip_header(skb)?.ok_or(-ENODATA)?;
    let changes = [(ip.saddr, peer.own_address), (ip.daddr, peer.address)];
    ip.saddr = peer.own_address;
    ip.daddr = peer.address;
    ip.ttl = TTL;
    ip.check = compute_ip_checksum(&mut ip);
    drop(ip);
    // The device may be about to compute the rest: only helpers know.
    let check = udp as u32 + 6;
    let flags = BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0 | 4;
    for (from, to) in changes {
        obj.bpf_l4_csum_replace(skb, check, from.into(), to.into(), flags)?;
    }
    obj.bpf_clone_redirect(skb, peer.ifindex, 0)
}

/// Follower: logs operations and acknowledges them. Leader: counts that.
#[rex_xdp]
fn replica(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let Some(received) = Received::parse(ctx.data_slice()) else {
        return PASS;
    };
    let event = match received.message.kind {
        _ if !is_from_peer(&received) => Event::Refused,
        PREPARE => prepare(obj, ctx, &received).unwrap_or(Event::Refused),
        PREPARE_OK => acknowledged(obj, &received).unwrap_or(Event::Pruned),
        _ => Event::Refused,
    };
    count(obj.bpf_map_lookup_elem(&COUNTS, &(event as u32)));
    match event {
        Event::Logged | Event::LoggedBefore => acknowledge(obj, ctx, &received),
        Event::Quorum | Event::Left => PASS,
        _ => DROP,
    }
}

/// Whether the replica has sent it that it names, to this one.
fn is_from_peer(received: &Received) -> bool {
    peer(received.message.replica).is_some_and(|peer| {
        (peer.address, peer.own_address) == (received.from, received.to)
    })
}

/// Logs an operation, if it is the next one. None: not to be acknowledged.
fn prepare(obj: &xdp, ctx: &xdp_md, received: &Received) -> Option<Event> {
    let message = &received.message;
    let leader = message.view.checked_rem(CONFIG.get(&0)?.replicas)?;
    let operation = ctx
        .data_slice()
        .get(received.start + Message::LEN..received.end)?;
    let mut record = Record {
        op: message.op,
        len: operation.len() as u32,
        operation: [0; OPERATION],
    };
    record
        .operation
        .get_mut(..operation.len())?
        .copy_from_slice(operation);
    // Packets come on several CPUs; the lock keeps the log in order.
    let mut state = obj.bpf_map_lookup_elem(&STATE, &0)?.lock().ok()?;
    if message.view < state.view || message.replica != leader {
        return None;
    }
    if message.view > state.view {
        return Some(Event::Left);
    }
    match message.op.checked_sub(state.last_op) {
        None | Some(0) => return Some(Event::LoggedBefore),
        Some(1) => {}
        Some(_) => return Some(Event::Left),
    }
    LOG.output(bytes_of(&record), 0).ok()?;
    state.last_op = message.op;
    Some(Event::Logged)
}

/// Makes the packet the reply to itself.
fn acknowledge(obj: &xdp, ctx: &mut xdp_md, received: &Received) -> Result {
    let Some(config) = CONFIG.get(&0) else {
        return DROP;
    };
    let excess = ctx.data_length() - (received.start + Message::LEN);
    if obj.bpf_xdp_adjust_tail(ctx, -(excess as i32)).is_err() {
        return DROP;
    }
    if let Ok(Some(mut eth)) = obj.try_eth_header(ctx) {
        let eth = &mut *eth;
        core::mem::swap(&mut eth.h_dest, &mut eth.h_source);
    }
    let len = (size_of::<udphdr>() + Message::LEN) as u16;
    if let Ok(Some(mut ip)) = obj.try_ip_header(ctx) {
        ip.saddr = received.to;
        ip.daddr = received.from;
        ip.tot_len = (size_of::<iphdr>() as u16 + len).to_be();
        ip.ttl = TTL;
        ip.check = compute_ip_checksum(&mut ip);
    }
    if let Ok(Some(mut udp)) = obj.try_udp_header(ctx) {
        let udp = &mut *udp;
        core::mem::swap(&mut udp.source, &mut udp.dest);
        udp.len = len.to_be();
        udp.check = 0; // none
    }
    let reply = Message {
        kind: PREPARE_OK,
        replica: config.me,
        ..received.message
    };
    if let Some(place) = ctx.data_slice_mut().get_mut(received.start..) {
        reply.store(place);
    }
    Ok(XDP_TX as i32)
}

/// Notes who has acknowledged: one message of a majority reaches userspace.
fn acknowledged(obj: &xdp, received: &Received) -> Option<Event> {
    let message = &received.message;
    let majority = CONFIG.get(&0)?.replicas / 2 + 1;
    let index = quorum_index(message.op);
    let element = obj.bpf_map_lookup_elem(&QUORUMS, &index)?;
    let mut quorum = element.lock().ok()?;
    if (quorum.view, quorum.op) != (message.view, message.op) {
        return None;
    }
    quorum.replicas |= 1u32.checked_shl(message.replica)?;
    if quorum.told != 0 || quorum.replicas.count_ones() < majority {
        return None;
    }
    quorum.told = 1;
    Some(Event::Quorum)
}
