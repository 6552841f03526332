// SPDX-License-Identifier: GPL-2.0
//@ error: the length of an array is a number
//! The loader knows no constants.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: [u8; LEN],
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
