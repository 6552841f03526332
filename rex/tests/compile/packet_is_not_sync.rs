// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! A packet belongs to one CPU.
#![no_std]
#![no_main]

use rex::sched_cls::*;
use rex::{Result, rex_tc};

fn share<T: Sync + ?Sized>(_: &T) {}

#[rex_tc]
fn prog(_: &sched_cls, skb: &mut __sk_buff) -> Result {
    share(skb);
    Ok(0)
}
