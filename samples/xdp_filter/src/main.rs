// SPDX-License-Identifier: GPL-2.0
//! Drops incoming packets (XDP) and outgoing packets (tc) to ports that userspace
//! names.
#![no_std]
#![no_main]

use rex::prelude::*;

/// Bits of a rule.
const TCP: u16 = 1 << 0;
const UDP: u16 = 1 << 1;

/// The protocols that are dropped, by port.
#[allow(non_upper_case_globals)]
#[map]
static rules: HashMap<u32, u16> = HashMap::with_max_entries(1024);

/// Returns whether there is a rule for the packet in `data`.
fn has_rule(headers: &Headers, data: &[u8]) -> Result<bool, Unknown> {
    let (port, protocol) = if let Some(tcp) = headers.tcp(data)? {
        (tcp.dest, TCP)
    } else if let Some(udp) = headers.udp(data)? {
        (udp.dest, UDP)
    } else {
        return Ok(false);
    };
    let port = u32::from(u16::from_be(port));
    Ok(rules.get(port).is_some_and(|mask| mask & protocol != 0))
}

fn is_unwanted(headers: Result<Headers, Unknown>, data: &[u8]) -> bool {
    match headers.and_then(|headers| has_rule(&headers, data)) {
        Ok(unwanted) => unwanted,
        // A packet is never complete without its first fragment, which has the
        // port.
        Err(Unknown::LaterFragment) => false,
        // Only the owner of the key can have made it.
        Err(Unknown::Encrypted) => false,
        // The packet could be for any port.
        Err(_) => true,
    }
}

#[xdp]
fn xdp_rx_filter(ctx: &mut XdpContext) -> XdpAction {
    match is_unwanted(ctx.headers(), ctx.data()) {
        true => XdpAction::Drop,
        false => XdpAction::Pass,
    }
}

#[tc]
fn xdp_tx_filter(ctx: &mut TcContext) -> TcAction {
    match is_unwanted(ctx.headers(), ctx.data()) {
        true => TcAction::Shot,
        false => TcAction::Ok,
    }
}
