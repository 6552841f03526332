// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! The context of an XDP program is no socket buffer.
#![no_std]
#![no_main]

use rex::sched_cls::__sk_buff;
use rex::xdp::xdp;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(_: &xdp, _: &mut __sk_buff) -> Result {
    Ok(0)
}
