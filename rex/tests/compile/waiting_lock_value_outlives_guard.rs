// SPDX-License-Identifier: GPL-2.0
//@ error: cannot move out of `guard` because it is borrowed
//! Without the lock there is no value.
#![no_std]
#![no_main]

use rex::prelude::*;

static VALUE: Lock<u64> = Lock::new(0);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) -> Result {
    let mut guard = VALUE.lock()?;
    let value: &mut u64 = &mut guard;
    drop(guard);
    *value = 1;
    Ok(())
}
