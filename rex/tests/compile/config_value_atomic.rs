// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! A constant does not change.
#![no_std]
#![no_main]

use rex::prelude::*;

use core::sync::atomic::AtomicU32;

#[config]
static LIMIT: Config<AtomicU32> = Config::new(AtomicU32::new(1));

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
