// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! A taken lock is the run's: it cannot be kept for another one.
#![no_std]
#![no_main]

use rex::prelude::*;
use rex::sync::LockGuard;

static NUMBER: Lock<u64> = Lock::new(0);
static KEPT: Lock<Option<LockGuard<'static, u64>>> = Lock::new(None);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) -> Result {
    *KEPT.lock()? = Some(NUMBER.lock()?);
    Ok(())
}
