// SPDX-License-Identifier: GPL-2.0
//@ error: a character of the kernel is a `u8`
//! Of which the name is not C's.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: char,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
