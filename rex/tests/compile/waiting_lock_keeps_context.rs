// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! A lock in a static keeps nothing of a run: no context.
#![no_std]
#![no_main]

use rex::context::Context;
use rex::prelude::*;

static VALUE: Lock<Option<Context<'static>>> = Lock::new(None);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) -> Result {
    VALUE.lock()?.take();
    Ok(())
}
