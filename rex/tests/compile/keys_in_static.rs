// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! An iteration ends with the run.
#![no_std]
#![no_main]

use rex::map::Keys;
use rex::prelude::*;

static KEPT: Lock<Option<Keys<'static, u32>>> = Lock::new(None);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) -> Result {
    KEPT.lock()?.take();
    Ok(())
}
