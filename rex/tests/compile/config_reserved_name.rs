// SPDX-License-Identifier: GPL-2.0
//@ error: a map or config cannot have this name
//! It would take the place of one of the runtime's symbols.
#![no_std]
#![no_main]

use rex::prelude::*;

#[config]
static memcpy: Config<u32> = Config::new(1);

static LIMIT: Config<u32> = Config::new(1);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
