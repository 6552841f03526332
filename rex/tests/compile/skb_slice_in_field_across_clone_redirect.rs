// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*skb` as mutable more than once at a time
//! No part of a packet can be kept while it is cloned, of the field neither.
#![no_std]
#![no_main]

use rex::sched_cls::*;
use rex::{Result, rex_tc};

#[rex_tc]
fn prog(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let data = &mut skb.data_slice[2..];
    obj.bpf_clone_redirect(skb, 1, 0)?;
    data[0] = 1;
    Ok(0)
}
