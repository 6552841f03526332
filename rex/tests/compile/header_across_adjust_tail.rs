// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable more than once at a time
//! No header of a packet can be kept while its end moves.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let mut ip = obj.try_ip_header(ctx)?.ok_or(0)?;
    obj.bpf_xdp_adjust_tail(ctx, -8)?;
    ip.ttl = 1;
    Ok(0)
}
