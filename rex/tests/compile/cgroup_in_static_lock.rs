// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! A cgroup cannot be kept for another run.
#![no_std]
#![no_main]

use rex::prelude::*;

pub static KEPT: Lock<Option<Cgroup<'static>>> = Lock::new(None);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {}
