// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*skb` as mutable
//! A reader of a part of a packet does not stay when the packet gets other memory.
#![no_std]
#![no_main]

use rex::net::*;
use rex::sched_cls::*;
use rex::{Result, rex_tc};

#[rex_tc]
fn prog(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let mut part = Reader::new(skb.data_slice()).part_u8().ok_or(-1)?;
    obj.bpf_skb_pull_data(skb, 4)?;
    Ok(part.u8().unwrap_or(0).into())
}
