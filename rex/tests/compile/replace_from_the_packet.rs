// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*skb` as mutable
//! Bytes of a packet are not replaced by its own.
#![no_std]
#![no_main]

use rex::net::*;
use rex::sched_cls::*;
use rex::{Result, rex_tc};

#[rex_tc]
fn prog(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let headers = skb.headers()?;
    let bytes = skb.data_slice();
    obj.replace(skb, &headers, 0, bytes)?;
    Ok(TC_ACT_OK as i32)
}
