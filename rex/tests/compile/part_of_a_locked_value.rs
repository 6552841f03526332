// SPDX-License-Identifier: GPL-2.0
//@ error: the method `part` exists for struct
//! The lock of a value is no part of it, and the value is reached by the lock.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static STATS: Array<SpinLocked<u64>> = Array::with_max_entries(1);

#[kprobe("do_exit")]
fn prog(ctx: &mut KprobeContext) {
    if let Some(stats) = STATS.lookup(ctx, 0) {
        stats.part::<u32>(0).map(|lock| lock.set(0));
    }
}
