// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of closure
//! The copy that an update changes does not outlive it.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static CALLS: Array<u64> = Array::with_max_entries(1);

#[kprobe]
fn prog(ctx: &mut KprobeContext) {
    let mut unused = 0;
    let mut kept = &mut unused;
    if let Some(calls) = CALLS.lookup(ctx, 0) {
        calls.update(|calls| kept = calls);
    }
    *kept = 1;
}
