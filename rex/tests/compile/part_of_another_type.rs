// SPDX-License-Identifier: GPL-2.0
//@ error: type mismatch in closure arguments
//! A field is one of the value's type.
#![no_std]
#![no_main]

use rex::prelude::*;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Stats {
    calls: u64,
}

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Other {
    first: u64,
    calls: u64,
}

#[map]
static STATS: Array<Stats> = Array::with_max_entries(1);

#[kprobe("do_exit")]
fn prog(ctx: &mut KprobeContext) {
    if let Some(stats) = STATS.lookup(ctx, 0) {
        rex::part!(stats, Other, calls).set(1);
    }
}
