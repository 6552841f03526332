// SPDX-License-Identifier: GPL-2.0
//! Drops packets to ports that userspace names, as they come in (XDP) and as
//! they go out (tc).
#![no_std]
#![no_main]

use rex::prelude::*;

/// Bits of a rule.
const TCP: u16 = 1 << 0;
const UDP: u16 = 1 << 1;

/// Port to the protocols that are dropped.
#[allow(non_upper_case_globals)]
#[map]
static rules: HashMap<u32, u16> = HashMap::with_max_entries(1024);

/// Whether there is a rule for the packet in `data`.
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
        // Without its first fragment, which has the port, no packet gets complete.
        Err(Unknown::LaterFragment) => false,
        // Only who has the key can have made it.
        Err(Unknown::Encrypted) => false,
        // It could be for any port.
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
