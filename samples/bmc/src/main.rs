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

use cache::{Locked, count};
use memcached::{FRAME, PORT};

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
    let Some(key) = memcached::get(request) else {
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
    let sent = match cache::find(ctx, key) {
        Ok(known) => answer(ctx, transport.at, &known),
        Err(errno) => Err(errno),
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
    let payload = at + size_of::<udphdr>();
    let body = payload + FRAME;
    let end = body + known.len();
    // The frame of a short request has padding.
    let growth = end as i32 - ctx.data_len() as i32;
    resize(ctx, growth, body)?;

    let data = ctx.data_mut();
    let payload = data.get_mut(payload..end).ok_or(Errno::ENODATA)?;
    memcached::make_first_and_only(payload);
    known.copy_to(&mut payload[FRAME..])?;
    turn_round(ctx, (end - at) as u16).ok_or(Errno::ENODATA)?;
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
