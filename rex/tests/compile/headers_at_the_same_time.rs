// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable more than once
//! One place of a packet is not changed through two headers.
#![no_std]
#![no_main]

use rex::net::*;
use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let ip = obj.try_ip_header(ctx)?;
    let tcp = obj.try_tcp_header(ctx)?;
    Ok((ip.is_some() && tcp.is_some()).into())
}
