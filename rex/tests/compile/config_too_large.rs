// SPDX-License-Identifier: GPL-2.0
//@ error: a config has from 1 to 240 bytes
//! There is room for 240 bytes.
#![no_std]
#![no_main]

use rex::prelude::*;

#[config]
static LIMIT: Config<[u8; 241]> = Config::new([0; 241]);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
