// SPDX-License-Identifier: GPL-2.0
//! Programs that return any number, where the kernel expects a few, for the test
//! carrier_values. The crate's own programs of these types return no other number.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

#[path = "../../any_event.rs"]
mod any_event;
#[macro_use]
#[path = "../../by_hand.rs"]
mod by_hand;
mod names;

use core::ffi::c_void;
use core::mem;

use rex::map::{RexArrayMap, RexRingBuf};
use rex::tracepoint::tracepoint;
use rex::{Result, rex_map};

use any_event::AnyEvent;
use names::*;

#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(2, 0);
#[rex_map]
static ring: RexRingBuf = RexRingBuf::new(4096, 0);

fn any_number(obj: &tracepoint<AnyEvent>, _: &AnyEvent) -> Result {
    if control.get(&HOLDS).is_some_and(|holds| holds != 0)
        && let Some(record) = ring.reserve(obj, 8)
    {
        mem::forget(record);
    }
    Ok(control.get(&RETURNS).unwrap_or(0) as i32)
}

extern "C" fn entry(ctx: *mut c_void) -> u32 {
    let function = rex::tracepoint::two_arguments(any_number);
    // SAFETY: the context is passed on.
    unsafe { rex::tracepoint::run(ctx, (), function) }
}

programs! {
    entry:
    "one_bit": cgroup_skb_ingress in "cgroup_skb/ingress",
    "two_bits": cgroup_skb_egress in "cgroup_skb/egress",
}
