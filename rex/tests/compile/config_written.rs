// SPDX-License-Identifier: GPL-2.0
//@ error: no method named `set` found
//! A program does not set its constants.
#![no_std]
#![no_main]

use rex::prelude::*;

#[config]
static LIMIT: Config<u32> = Config::new(1);

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    LIMIT.set(2);
}
