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
use rex::utils::try_convert_slice_to_struct_mut;

use cache::{Known, Locked, count, counter};
use memcached::{END, FRAME, Key, Keys, PORT};

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
    let mut keys = memcached::keys_of_get(request);
    let Some(Ok(first)) = keys.next() else {
        forget(ctx, request);
        return XdpAction::Pass;
    };
    // The answer has the headers of the request.
    let simple = headers.ethertype == ETH_P_IP
        && headers.network >= size_of::<ethhdr>()
        && transport.at == headers.network + size_of::<iphdr>();
    if !simple || !whole {
        forget_unless_keys(ctx, request, keys);
        return XdpAction::Pass;
    }
    count(ctx, counter!(get_recv_count));
    let sent = if keys.is_empty() {
        cache::find(ctx, first)
            .and_then(|known| answer(ctx, headers.network, &known))
    } else {
        match find_all(ctx, first, keys.clone()) {
            Ok(known) => answer_all(ctx, headers.network, &known),
            Err(_) => {
                forget_unless_keys(ctx, request, keys);
                return XdpAction::Pass;
            }
        }
    };
    match sent {
        Ok(()) => XdpAction::Tx,
        Err(_) => XdpAction::Pass, // the server answers
    }
}

/// Drops the answers for the keys that the commands in `request` change.
fn forget(ctx: &Context, request: &[u8]) {
    for change in memcached::changes(request) {
        count(ctx, counter!(set_recv_count));
        match change {
            memcached::Change::Key(key) => cache::forget(ctx, key),
            memcached::Change::Everything => cache::forget_everything(),
        }
    }
}

/// Does the same for a GET if a word of it is no key: that may be of another command.
fn forget_unless_keys(ctx: &Context, request: &[u8], mut keys: Keys) {
    if keys.any(|key| key.is_err()) {
        forget(ctx, request);
    }
}

/// The offset of a message in a packet whose IP header is at `network`.
const fn message_at(network: usize) -> usize {
    network + size_of::<iphdr>() + size_of::<udphdr>() + FRAME
}

/// Makes the answer of the request whose IP header is at `network`, and sends it back.
fn answer(ctx: &mut XdpContext, network: usize, known: &Locked) -> Result {
    let len = known.len();
    known.copy_to(make_room(ctx, network, len)?)?;
    send(ctx, network, len)
}

/// Returns the answers for `first` and all `others`.
fn find_all<'a>(
    ctx: &Context,
    first: Key<'a>,
    others: Keys<'a>,
) -> Result<[Known; MAX_KEYS]> {
    let mut all = [Known::NONE; MAX_KEYS];
    let mut free = all.iter_mut();
    for key in core::iter::once(Ok(first)).chain(others) {
        let known = free.next().ok_or(Errno::E2BIG)?;
        *known = cache::find(ctx, key?)?.known();
    }
    Ok(all)
}

/// Does the same as `answer` for several keys. A value that has changed meanwhile is left
/// out: the client takes that for a miss.
fn answer_all(
    ctx: &mut XdpContext,
    network: usize,
    all: &[Known; MAX_KEYS],
) -> Result {
    let items: usize = all.iter().map(Known::item_len).sum();
    let most = items + END.len();
    if most > MAX_DATAGRAM {
        return Err(Errno::E2BIG);
    }
    make_room(ctx, network, most)?;
    let begin = message_at(network);
    let mut end = begin;
    for known in all.iter().take_while(|known| known.item_len() > 0) {
        let Ok(answer) = known.again(ctx) else {
            continue;
        };
        let from = end;
        end += known.item_len();
        let room = ctx.data_mut().get_mut(from..end);
        answer.copy_to(room.ok_or(Errno::ENODATA)?)?;
    }
    let from = end;
    end += END.len();
    let room = ctx.data_mut().get_mut(from..end);
    room.ok_or(Errno::ENODATA)?.copy_from_slice(END);
    let len = end - begin;
    if len < most {
        ctx.adjust_tail(len as i32 - most as i32)?;
    }
    send(ctx, network, len)
}

/// Makes the packet as long as it has to be for a message of `len` bytes, and returns the
/// place of the message.
fn make_room<'a>(
    ctx: &'a mut XdpContext,
    network: usize,
    len: usize,
) -> Result<&'a mut [u8]> {
    let begin = message_at(network);
    let end = begin + len;
    // The frame of a short request has padding.
    let growth = end as i32 - ctx.data_len() as i32;
    resize(ctx, growth, begin)?;
    ctx.data_mut().get_mut(begin..end).ok_or(Errno::ENODATA)
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

/// Sends the packet, whose message has `len` bytes, to the sender of the request.
fn send(ctx: &mut XdpContext, network: usize, len: usize) -> Result {
    turn_round(ctx.data_mut(), network, len).ok_or(Errno::ENODATA)?;
    count(ctx, counter!(hit_count));
    Ok(())
}

/// Addresses a packet, whose message has `len` bytes, to its sender.
fn turn_round(packet: &mut [u8], network: usize, len: usize) -> Option<()> {
    let (link, packet) = packet.split_at_mut_checked(network)?;
    let (ip, transport) = packet.split_at_mut_checked(size_of::<iphdr>())?;
    let (udp, payload) = transport.split_at_mut_checked(size_of::<udphdr>())?;
    let datagram = (size_of::<udphdr>() + FRAME + len) as u16;

    let mut eth = try_convert_slice_to_struct_mut::<ethhdr>(link)?;
    let ethh = &mut *eth;
    core::mem::swap(&mut ethh.h_dest, &mut ethh.h_source);

    let mut ip = try_convert_slice_to_struct_mut::<iphdr>(ip)?;
    let iph = &mut *ip;
    core::mem::swap(&mut iph.saddr, &mut iph.daddr);
    iph.tot_len = (size_of::<iphdr>() as u16 + datagram).to_be();
    iph.ttl = 64;
    iph.check = compute_ip_checksum(iph);

    let mut udp = try_convert_slice_to_struct_mut::<udphdr>(udp)?;
    let udph = &mut *udp;
    core::mem::swap(&mut udph.source, &mut udph.dest);
    udph.len = datagram.to_be();
    udph.check = 0; // none, which is allowed

    memcached::make_first_and_only(payload)
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
        count(ctx, counter!(get_resp_count));
        let _ = cache::remember(ctx, key, answer);
    }
    TcAction::Ok
}
