// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! The value goes from CPU to CPU.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::rc::Rc;
use rex::prelude::*;

static VALUE: Lock<Option<Rc<u64>>> = Lock::new(None);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) -> Result {
    *VALUE.lock()? = Some(Rc::new(1));
    Ok(())
}
