// SPDX-License-Identifier: GPL-2.0
//! The BPF Memcached Cache: answers of a memcached that is behind this machine's
//! network devices are kept in the kernel, and given from there.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod cache;
mod memcached;

use rex::linux::errno::ENODATA;
use rex::linux::if_ether::ETH_P_IP;
use rex::sched_cls::*;
use rex::xdp::*;
use rex::{Result, rex_tc, rex_xdp};

use cache::count;
use memcached::{FRAME, Key, PORT};

const PASS: Result = Ok(XDP_PASS as i32);
const OK: Result = Ok(TC_ACT_OK as i32);

/// Requests: a GET over UDP is answered if the answer is known; what changes
/// values makes their answers unknown.
#[rex_xdp]
fn xdp_rx_filter(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let data = ctx.data_slice();
    let Ok(headers) = ctx.headers() else {
        return PASS;
    };
    let Ok(Some(transport)) = headers.transport else {
        return PASS;
    };
    let payload = headers.payload(data).unwrap_or_default();
    if let Ok(Some(tcp)) = headers.tcp(data)
        && u16::from_be(tcp.dest) == PORT
    {
        forget(obj, payload);
        return PASS;
    }
    match headers.udp(data) {
        Ok(Some(udp)) if u16::from_be(udp.dest) == PORT => {}
        _ => return PASS,
    }
    let at = transport.at + size_of::<udphdr>();
    let Some(request) = memcached::only_datagram(payload) else {
        return PASS;
    };
    match memcached::get(request) {
        Some(key) if headers.ethertype == ETH_P_IP => {
            let key = Key::new(key);
            count(obj, |stats| stats.get_recv_count += 1);
            // Without an answer of ours, the server's.
            answer(obj, ctx, at, &key).or(PASS)
        }
        Some(_) => PASS,
        None => {
            forget(obj, request);
            PASS
        }
    }
}

/// Forgets the answers about what the commands in `request` change.
fn forget(obj: &xdp, request: &[u8]) {
    for change in memcached::changes(request) {
        count(obj, |stats| stats.set_recv_count += 1);
        match change {
            memcached::Change::Key(key) => cache::forget(obj, key),
            memcached::Change::Everything => cache::forget_everything(obj),
        }
    }
}

/// Makes the answer of the request whose payload is at `at`, and sends it back.
fn answer(obj: &xdp, ctx: &mut xdp_md, at: usize, key: &Key) -> Result {
    let entry = cache::find(obj, key)?;
    let known = entry.answer();
    let body = at + FRAME;
    let end = body + known.len();
    let growth = end as i32 - ctx.data_length() as i32;
    resize(obj, ctx, growth, body)?;

    let data = ctx.data_slice_mut();
    let payload = data.get_mut(at..end).ok_or(-ENODATA)?;
    memcached::make_first_and_only(payload);
    payload[FRAME..].copy_from_slice(known);
    drop(entry);
    turn_round(obj, ctx, growth).ok_or(-ENODATA)?;
    count(obj, |stats| stats.hit_count += 1);
    Ok(XDP_TX as i32)
}

/// Makes the packet longer by `growth`, behind its first `keep` bytes. Drivers may
/// have no room behind the packet, and have a little before it.
fn resize(obj: &xdp, ctx: &mut xdp_md, growth: i32, keep: usize) -> Result {
    if obj.bpf_xdp_adjust_tail(ctx, growth).is_ok() {
        return Ok(0);
    }
    let by = usize::try_from(growth).map_err(|_| -ENODATA)?;
    obj.bpf_xdp_adjust_head(ctx, -growth)?;
    ctx.data_slice_mut().copy_within(by..by + keep, 0);
    Ok(0)
}

/// Makes the packet, which has grown by `growth`, one from its receiver to its
/// sender.
fn turn_round(obj: &xdp, ctx: &mut xdp_md, growth: i32) -> Option<()> {
    let longer = |len: u16| {
        (i32::from(u16::from_be(len)) + growth)
            .try_into()
            .map(u16::to_be)
            .ok()
    };
    let mut eth = obj.try_eth_header(ctx).ok()??;
    let ethh = &mut *eth;
    core::mem::swap(&mut ethh.h_dest, &mut ethh.h_source);
    drop(eth);

    let mut ip = obj.try_ip_header(ctx).ok()??;
    let iph = &mut *ip;
    core::mem::swap(&mut iph.saddr, &mut iph.daddr);
    iph.tot_len = longer(iph.tot_len)?;
    iph.ttl = 64;
    iph.check = compute_ip_checksum(iph);
    drop(ip);

    let mut udp = obj.try_udp_header(ctx).ok()??;
    let udph = &mut *udp;
    core::mem::swap(&mut udph.source, &mut udph.dest);
    udph.len = longer(udph.len)?;
    udph.check = 0; // none, which is allowed
    Some(())
}

/// Answers: those of the server are remembered.
#[rex_tc]
fn xdp_tx_filter(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if skb.data_len() > 0 && skb.len() <= 2048 {
        let len = skb.len();
        obj.bpf_skb_pull_data(skb, len).or(OK)?;
    }
    let Ok(headers) = skb.headers() else {
        return OK;
    };
    let data = skb.data_slice();
    let Ok(Some(udp)) = headers.udp(data) else {
        return OK;
    };
    // Not what is in part elsewhere.
    let whole = data.len() == skb.len() as usize;
    if u16::from_be(udp.source) != PORT || !whole {
        return OK;
    }
    let payload = headers.payload(data).unwrap_or_default();
    if let Some(answer) = memcached::only_datagram(payload)
        && let Some(key) = memcached::value(answer)
    {
        count(obj, |stats| stats.get_resp_count += 1);
        let _ = cache::remember(obj, key, answer);
    }
    OK
}
