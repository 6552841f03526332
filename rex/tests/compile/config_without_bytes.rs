// SPDX-License-Identifier: GPL-2.0
//@ error: a config has from 1 to 240 bytes
//! A config of no bytes is refused: a loader could not set it.
#![no_std]
#![no_main]

use rex::prelude::*;

#[config]
static LIMIT: Config<()> = Config::new(());

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
