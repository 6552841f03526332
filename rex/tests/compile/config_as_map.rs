// SPDX-License-Identifier: GPL-2.0
//@ error: is not a map
//! A config is not a map.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static LIMIT: Config<u32> = Config::new(1);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
