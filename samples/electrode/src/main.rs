// SPDX-License-Identifier: GPL-2.0
//! The fast path of a replicated log (Paxos, or Viewstamped Replication) in the
//! kernel: the messages of each operation in the normal case.
#![no_std]
#![no_main]

mod maps;
mod message;

use rex::linux::bpf::{BPF_F_MARK_MANGLED_0, BPF_F_PSEUDO_HDR};
use rex::prelude::*;

use maps::*;
use message::*;

/// The length of a message with all headers.
const PACKET: u32 = 256;
/// Hops that messages may take; a multicast may take one.
const TTL: u8 = 64;

/// On the leader, sends an operation to each other replica instead of the
/// multicast address. These packets get here again, and pass.
#[tc]
fn broadcast(ctx: &mut TcContext) -> Result<TcAction> {
    let wanted = ctx.len().min(PACKET);
    if (ctx.data().len() as u32) < wanted {
        ctx.pull_data(wanted)?;
    }
    let Some(Received { message, udp, .. }) = Received::parse(ctx.data())
    else {
        return Ok(TcAction::Ok);
    };
    let Some(config) = CONFIG.get(0) else {
        return Ok(TcAction::Ok);
    };
    let to_many = ctx.data().first().is_some_and(|byte| byte & 1 != 0);
    if message.kind != PREPARE || !to_many {
        return Ok(TcAction::Ok);
    }
    if start_count(ctx, &message, config.me).is_none() {
        return Ok(TcAction::Shot);
    }
    let replicas = config.replicas.min(MAX_REPLICAS);
    for id in (0..replicas).filter(|id| *id != config.me) {
        if let Some(peer) = peer(id) {
            // An unreachable replica is lost; the other ones are enough.
            let _ = send_to(ctx, udp, &peer);
        }
    }
    count(ctx, Event::Sent);
    Ok(TcAction::Stolen)
}

/// Counts the leader's own acknowledgement. If the operation is sent again,
/// earlier acknowledgements remain, and userspace gets the quorum again, which it
/// may have missed.
fn start_count(ctx: &Context, message: &Message, me: u32) -> Option<()> {
    let index = quorum_index(message.op);
    let element = QUORUMS.lookup(ctx, index)?;
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
fn send_to(ctx: &mut TcContext, udp: usize, peer: &Peer) -> Result {
    let mut eth = ctx.eth()?.ok_or(Errno::ENODATA)?;
    eth.h_source = peer.own_mac;
    eth.h_dest = peer.mac;
    drop(eth);
    let mut ip = ctx.ipv4()?.ok_or(Errno::ENODATA)?;
    let changes = [(ip.saddr, peer.own_address), (ip.daddr, peer.address)];
    ip.saddr = peer.own_address;
    ip.daddr = peer.address;
    ip.ttl = TTL;
    ip.check = compute_ip_checksum(&mut ip);
    drop(ip);
    // The device may be about to compute the checksum: only helpers know.
    let check = udp as u32 + 6;
    let flags = BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0 | 4;
    for (from, to) in changes {
        ctx.l4_csum_replace(check, from.into(), to.into(), flags)?;
    }
    ctx.clone_redirect(peer.ifindex, 0)
}

/// On a follower, logs and acknowledges operations. On the leader, counts
/// acknowledgements.
#[xdp]
fn replica(ctx: &mut XdpContext) -> XdpAction {
    let Some(received) = Received::parse(ctx.data()) else {
        return XdpAction::Pass;
    };
    let event = match received.message.kind {
        _ if !is_from_peer(&received) => Event::Refused,
        PREPARE => prepare(ctx, &received).unwrap_or(Event::Refused),
        PREPARE_OK => acknowledged(ctx, &received).unwrap_or(Event::Pruned),
        _ => Event::Refused,
    };
    count(ctx, event);
    match event {
        Event::Logged | Event::LoggedBefore => acknowledge(ctx, &received),
        Event::Quorum | Event::Left => XdpAction::Pass,
        _ => XdpAction::Drop,
    }
}

/// Returns whether the replica that the message names has sent it to this one.
fn is_from_peer(received: &Received) -> bool {
    peer(received.message.replica).is_some_and(|peer| {
        (peer.address, peer.own_address) == (received.from, received.to)
    })
}

/// Logs an operation, if it is the next one. None if it must not be acknowledged.
fn prepare(ctx: &XdpContext, received: &Received) -> Option<Event> {
    let message = &received.message;
    let leader = message.view.checked_rem(CONFIG.get(0)?.replicas)?;
    let operation = ctx
        .data()
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
    let mut state = STATE.lookup(ctx, 0)?.lock().ok()?;
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
    LOG.output(&record).ok()?;
    state.last_op = message.op;
    Some(Event::Logged)
}

/// Makes the packet the reply to itself.
fn acknowledge(ctx: &mut XdpContext, received: &Received) -> XdpAction {
    let Some(config) = CONFIG.get(0) else {
        return XdpAction::Drop;
    };
    let excess = ctx.data_len() - (received.start + Message::LEN);
    if ctx.adjust_tail(-(excess as i32)).is_err() {
        return XdpAction::Drop;
    }
    if let Ok(Some(mut eth)) = ctx.eth() {
        let eth = &mut *eth;
        core::mem::swap(&mut eth.h_dest, &mut eth.h_source);
    }
    let len = (size_of::<udphdr>() + Message::LEN) as u16;
    if let Ok(Some(mut ip)) = ctx.ipv4() {
        ip.saddr = received.to;
        ip.daddr = received.from;
        ip.tot_len = (size_of::<iphdr>() as u16 + len).to_be();
        ip.ttl = TTL;
        ip.check = compute_ip_checksum(&mut ip);
    }
    if let Ok(Some(mut udp)) = ctx.udp() {
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
    if let Some(place) = ctx.data_mut().get_mut(received.start..) {
        reply.store(place);
    }
    XdpAction::Tx
}

/// Records an acknowledgement. The one that completes a majority goes to
/// userspace.
fn acknowledged(ctx: &Context, received: &Received) -> Option<Event> {
    let message = &received.message;
    let majority = CONFIG.get(0)?.replicas / 2 + 1;
    let index = quorum_index(message.op);
    let element = QUORUMS.lookup(ctx, index)?;
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
