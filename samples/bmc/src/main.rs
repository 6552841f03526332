// SPDX-License-Identifier: GPL-2.0
//! The BPF Memcached Cache: the kernel stores answers of this machine's memcached,
//! and sends them by itself.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod cache;
mod memcached;

use rex::linux::if_ether::ETH_P_IP;
use rex::prelude::*;

use cache::{Known, Locked, count};
use memcached::{END, FRAME, PORT};

/// The most keys of a request that is answered here.
const MAX_KEYS: usize = 24;
/// The longest message in one datagram.
const MAX_DATAGRAM: usize = 1400;

/// Answers GETs over UDP whose answer is stored, and drops the answers of values
/// that a request changes.
#[xdp]
fn xdp_rx_filter(ctx: &mut XdpContext) -> XdpAction {
    let data = ctx.data();
    let Ok(headers) = ctx.headers() else {
        return XdpAction::Pass;
    };
    let Ok(Some(transport)) = headers.transport else {
        return XdpAction::Pass;
    };
    let payload = headers.payload(data).unwrap_or_default();
    if let Ok(Some(tcp)) = headers.tcp(data)
        && u16::from_be(tcp.dest) == PORT
    {
        forget(ctx, payload);
        return XdpAction::Pass;
    }
    let whole = match headers.udp(data) {
        Ok(Some(udp)) if u16::from_be(udp.dest) == PORT => {
            usize::from(u16::from_be(udp.len))
                == size_of::<udphdr>() + payload.len()
        }
        _ => return XdpAction::Pass,
    };
    let Some(request) = memcached::only_datagram(payload) else {
        return XdpAction::Pass;
    };
    let Some(mut keys) = memcached::get(request) else {
        forget(ctx, request);
        return XdpAction::Pass;
    };
    // The answer has the headers of the request.
    let simple = headers.ethertype == ETH_P_IP
        && transport.at == headers.network + size_of::<iphdr>();
    if !simple || !whole {
        return XdpAction::Pass;
    }
    count(ctx, |stats| stats.get_recv_count += 1);
    let first = (keys.next(), keys.next());
    drop(keys); // it has a reference to the packet
    let sent = match first {
        (Some(key), None) => match cache::find(ctx, key) {
            Ok(known) => answer(ctx, transport.at, &known),
            Err(errno) => Err(errno),
        },
        _ => match find_all(ctx, request) {
            Ok(known) => answer_all(ctx, transport.at, &known),
            Err(errno) => Err(errno),
        },
    };
    match sent {
        Ok(()) => XdpAction::Tx,
        Err(_) => XdpAction::Pass, // the server answers
    }
}

/// Drops the answers for the keys that the commands in `request` change.
fn forget(ctx: &Context, request: &[u8]) {
    for change in memcached::changes(request) {
        count(ctx, |stats| stats.set_recv_count += 1);
        match change {
            memcached::Change::Key(key) => cache::forget(ctx, key),
            memcached::Change::Everything => cache::forget_everything(),
        }
    }
}

/// Makes the answer of the request whose UDP header is at `at`, and sends it back.
fn answer(ctx: &mut XdpContext, at: usize, known: &Locked) -> Result {
    let len = known.len();
    known.copy_to(make_room(ctx, at, len)?)?;
    send(ctx, at, len)
}

/// Returns the answers for all keys of the request.
fn find_all(ctx: &Context, request: &[u8]) -> Result<[Known; MAX_KEYS]> {
    let mut all = [Known::NONE; MAX_KEYS];
    let mut free = all.iter_mut();
    for key in memcached::get(request).ok_or(Errno::ENOENT)? {
        let known = free.next().ok_or(Errno::E2BIG)?;
        *known = cache::find(ctx, key)?.known();
    }
    Ok(all)
}

/// Does the same as `answer` for several keys. A value that has changed meanwhile is left
/// out: the client takes that for a miss.
fn answer_all(
    ctx: &mut XdpContext,
    at: usize,
    all: &[Known; MAX_KEYS],
) -> Result {
    let items: usize = all.iter().map(Known::item_len).sum();
    if items + END.len() > MAX_DATAGRAM {
        return Err(Errno::E2BIG);
    }
    make_room(ctx, at, items + END.len())?;
    let body = at + size_of::<udphdr>() + FRAME;
    let mut written = 0;
    for known in all.iter().take_while(|known| known.item_len() > 0) {
        let Ok(answer) = known.again(ctx) else {
            continue;
        };
        let from = body + written;
        written += known.item_len();
        let room = ctx.data_mut().get_mut(from..body + written);
        answer.copy_to(room.ok_or(Errno::ENODATA)?)?;
    }
    let len = written + END.len();
    let room = ctx.data_mut().get_mut(body + written..body + len);
    room.ok_or(Errno::ENODATA)?.copy_from_slice(END);
    if written < items {
        ctx.adjust_tail(written as i32 - items as i32)?;
    }
    send(ctx, at, len)
}

/// Makes the packet as long as it has to be for a message of `len` bytes, and returns the
/// place of the message.
fn make_room<'a>(
    ctx: &'a mut XdpContext,
    at: usize,
    len: usize,
) -> Result<&'a mut [u8]> {
    let body = at + size_of::<udphdr>() + FRAME;
    let end = body + len;
    // The frame of a short request has padding.
    let growth = end as i32 - ctx.data_len() as i32;
    resize(ctx, growth, body)?;
    ctx.data_mut().get_mut(body..end).ok_or(Errno::ENODATA)
}

/// Sends the packet, whose message has `len` bytes, to the sender of the request.
fn send(ctx: &mut XdpContext, at: usize, len: usize) -> Result {
    let data = ctx.data_mut();
    let payload = data.get_mut(at + size_of::<udphdr>()..);
    memcached::make_first_and_only(payload.ok_or(Errno::ENODATA)?);
    let datagram = size_of::<udphdr>() + FRAME + len;
    turn_round(ctx, datagram as u16).ok_or(Errno::ENODATA)?;
    count(ctx, |stats| stats.hit_count += 1);
    Ok(())
}

/// Makes the packet longer by `growth`, after its first `keep` bytes. Drivers may
/// have no room after the packet, but have a little before it.
fn resize(ctx: &mut XdpContext, growth: i32, keep: usize) -> Result {
    if ctx.adjust_tail(growth).is_ok() {
        return Ok(());
    }
    let by = usize::try_from(growth).map_err(|_| Errno::ENODATA)?;
    ctx.adjust_head(-growth)?;
    ctx.data_mut().copy_within(by..by + keep, 0);
    Ok(())
}

/// Addresses the packet, whose datagram has `len` bytes, to its sender.
fn turn_round(ctx: &mut XdpContext, len: u16) -> Option<()> {
    let mut eth = ctx.eth().ok()??;
    let ethh = &mut *eth;
    core::mem::swap(&mut ethh.h_dest, &mut ethh.h_source);
    drop(eth);

    let mut ip = ctx.ipv4().ok()??;
    let iph = &mut *ip;
    core::mem::swap(&mut iph.saddr, &mut iph.daddr);
    iph.tot_len = (size_of::<iphdr>() as u16 + len).to_be();
    iph.ttl = 64;
    iph.check = compute_ip_checksum(iph);
    drop(ip);

    let mut udp = ctx.udp().ok()??;
    let udph = &mut *udp;
    core::mem::swap(&mut udph.source, &mut udph.dest);
    udph.len = len.to_be();
    udph.check = 0; // none, which is allowed
    Some(())
}

/// Stores the answers of the server.
#[tc]
fn xdp_tx_filter(ctx: &mut TcContext) -> TcAction {
    if ctx.data_len() > 0 && ctx.len() <= 2048 {
        let len = ctx.len();
        // If this fails, the answer is not stored.
        let _ = ctx.pull_data(len);
    }
    let Ok(headers) = ctx.headers() else {
        return TcAction::Ok;
    };
    let data = ctx.data();
    let Ok(Some(udp)) = headers.udp(data) else {
        return TcAction::Ok;
    };
    // An answer that is not linear is not stored.
    let whole = data.len() == ctx.len() as usize;
    if u16::from_be(udp.source) != PORT || !whole {
        return TcAction::Ok;
    }
    let payload = headers.payload(data).unwrap_or_default();
    if let Some(answer) = memcached::only_datagram(payload)
        && let Some(key) = memcached::value(answer)
    {
        count(ctx, |stats| stats.get_resp_count += 1);
        let _ = cache::remember(ctx, key, answer);
    }
    TcAction::Ok
}
