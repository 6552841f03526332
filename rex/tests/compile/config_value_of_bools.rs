// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! One `bool` is read as a byte, several are not.
#![no_std]
#![no_main]

use rex::prelude::*;

#[config]
static LIMIT: Config<[bool; 2]> = Config::new([false; 2]);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
