// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! The socket of a packet is not there after the run.
#![no_std]
#![no_main]

use rex::sched_cls::*;
use rex::{Result, rex_tc};

fn keep(_: Option<Socket<'static>>) {}

#[rex_tc]
fn prog(_: &sched_cls, skb: &mut __sk_buff) -> Result {
    keep(skb.socket());
    Ok(0)
}
