// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*skb` as mutable because it is also borrowed as immutable
//! No part of a packet can be kept while it is made linear.
#![no_std]
#![no_main]

use rex::sched_cls::*;
use rex::{Result, rex_tc};

#[rex_tc]
fn prog(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let data = skb.data_slice();
    obj.bpf_skb_pull_data(skb, 100)?;
    Ok(i32::from(data[0]))
}
