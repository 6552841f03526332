// SPDX-License-Identifier: GPL-2.0
//@ error: the size for values of type `[()]` cannot be known
//! The bytes of a packet of tc cannot be swapped with another's.
#![no_std]
#![no_main]

use rex::sched_cls::*;
use rex::{Result, rex_tc};

pub fn exchange(a: &mut __sk_buff, b: &mut __sk_buff) {
    core::mem::swap(&mut a.data_slice, &mut b.data_slice);
}

#[rex_tc]
fn prog(_: &sched_cls, _: &mut __sk_buff) -> Result {
    Ok(0)
}
