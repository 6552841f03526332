// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*skb` as mutable because it is also borrowed as immutable
//! A header that can be changed gives the packet memory of its own.
#![no_std]
#![no_main]

use rex::sched_cls::*;
use rex::{Result, rex_tc};

#[rex_tc]
fn prog(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let data = skb.data_slice();
    let port = obj.try_udp_header(skb)?.map(|udp| udp.dest);
    Ok(i32::from(data[0]) + i32::from(port.unwrap_or(0)))
}
