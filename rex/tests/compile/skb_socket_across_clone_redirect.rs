// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*skb` as mutable because it is also borrowed as immutable
//! The socket of a packet cannot be kept while the packet is cloned.
#![no_std]
#![no_main]

use rex::sched_cls::*;
use rex::{Result, rex_tc};

#[rex_tc]
fn prog(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let socket = skb.socket();
    obj.bpf_clone_redirect(skb, 1, 0)?;
    Ok(socket.map_or(0, |socket| socket.family().into()))
}
