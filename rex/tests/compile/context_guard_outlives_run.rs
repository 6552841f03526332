// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A lock that a context has taken does not outlive the run.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static TOTALS: Array<SpinLocked<u64>> = Array::with_max_entries(1);

pub fn keep(ctx: &Context) -> Option<SpinLockGuard<'static, u64>> {
    TOTALS.lookup(ctx, 0)?.lock().ok()
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
