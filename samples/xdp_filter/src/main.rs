// SPDX-License-Identifier: GPL-2.0
//! Drops packets to ports that userspace names, as they come in (XDP) and as
//! they go out (tc).
#![no_std]
#![no_main]

use rex::map::RexHashMap;
use rex::sched_cls::*;
use rex::xdp::*;
use rex::{Result, rex_map, rex_tc, rex_xdp};

/// Bits of a rule.
const TCP: u16 = 1 << 0;
const UDP: u16 = 1 << 1;

/// Bytes that all headers of a packet are in.
const HEADERS: u32 = 256;

/// Port to the protocols that are dropped.
#[allow(non_upper_case_globals)]
#[rex_map]
static rules: RexHashMap<u32, u16> = RexHashMap::new(1024, 0);

/// Whether there is a rule for the packet that begins with `data`.
fn is_unwanted(data: &[u8]) -> bool {
    let Some(headers) = Headers::parse(data) else {
        return false;
    };
    let (port, protocol) = if let Some(tcp) = headers.tcp(data) {
        (tcp.dest, TCP)
    } else if let Some(udp) = headers.udp(data) {
        (udp.dest, UDP)
    } else {
        return false;
    };
    let port = u32::from(u16::from_be(port));
    rules.get(&port).is_some_and(|mask| mask & protocol != 0)
}

#[rex_xdp]
fn xdp_rx_filter(_: &xdp, ctx: &mut xdp_md) -> Result {
    if is_unwanted(ctx.data_slice()) {
        return Ok(XDP_DROP as i32);
    }
    Ok(XDP_PASS as i32)
}

#[rex_tc]
fn xdp_tx_filter(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let headers = skb.len().min(HEADERS);
    if (skb.data_slice().len() as u32) < headers {
        obj.bpf_skb_pull_data(skb, headers)?;
    }
    if is_unwanted(skb.data_slice()) {
        return Ok(TC_ACT_SHOT as i32);
    }
    Ok(TC_ACT_OK as i32)
}
