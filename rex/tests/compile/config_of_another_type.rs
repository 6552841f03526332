// SPDX-License-Identifier: GPL-2.0
//@ error: is not a config
//! Its section has configs and nothing else.
#![no_std]
#![no_main]

use rex::prelude::*;

#[config]
static OTHER: Array<u32> = Array::with_max_entries(1);

static LIMIT: Config<u32> = Config::new(1);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
