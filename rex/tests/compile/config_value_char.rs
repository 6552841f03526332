// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! A loader's bytes are no `char`.
#![no_std]
#![no_main]

use rex::prelude::*;

#[config]
static LIMIT: Config<char> = Config::new('a');

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(LIMIT.get());
}
