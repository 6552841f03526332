// SPDX-License-Identifier: GPL-2.0
//@ error: but its trait bounds were not satisfied
//! A value with a lock is read only while the lock is held.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static TOTALS: Array<SpinLocked<u64>> = Array::with_max_entries(1);

#[kprobe]
fn prog(ctx: &mut KprobeContext) -> Result {
    let _ = TOTALS.lookup(ctx, 0).ok_or(Errno::ENOENT)?.get();
    Ok(())
}
