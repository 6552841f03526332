// SPDX-License-Identifier: GPL-2.0
//@ error: a config is a static without `mut`
//! A config is not mutable: no program writes to it.
#![no_std]
#![no_main]

use rex::prelude::*;

#[config]
static mut LIMIT: Config<u32> = Config::new(1);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
