// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! Userspace writes any byte to it.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static FLAG: Shared<bool> = Shared::new();

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {
    core::hint::black_box(FLAG.get());
}
