// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! A header of a packet cannot be in a static.
#![no_std]
#![no_main]

use rex::net::*;
use rex::sync::TryLock;
use rex::utils::AlignedMut;
use rex::xdp::*;
use rex::{Result, rex_xdp};

static HEADER: TryLock<Option<AlignedMut<'static, iphdr>>> = TryLock::new(None);

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> Result {
    *HEADER.try_lock().ok_or(-1)? = obj.try_ip_header(ctx)?;
    Ok(XDP_PASS as i32)
}
