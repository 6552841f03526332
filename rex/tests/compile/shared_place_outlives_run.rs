// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! The place of a shared value is handed out for the run.
#![no_std]
#![no_main]

use core::sync::atomic::AtomicU64;
use rex::prelude::*;

#[map]
static HITS: Shared<u64> = Shared::new();

static KEPT: Lock<Option<&'static AtomicU64>> = Lock::new(None);

#[kprobe("do_exit")]
fn prog(ctx: &mut KprobeContext) -> Result {
    *KEPT.lock()? = Some(HITS.lookup(ctx).atomic());
    Ok(())
}
