// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A part is valid as long as the whole.
#![no_std]
#![no_main]

use core::sync::atomic::AtomicU64;
use rex::prelude::*;

#[map]
static TIMES: Array<[u64; 4]> = Array::with_max_entries(1);

static KEPT: Lock<Option<&'static AtomicU64>> = Lock::new(None);

#[kprobe("do_exit")]
fn prog(ctx: &mut KprobeContext) -> Result {
    let times = TIMES.lookup(ctx, 0).ok_or(Errno::ENOENT)?;
    *KEPT.lock()? = times.at(1).map(|slot| slot.atomic());
    Ok(())
}
