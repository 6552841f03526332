// SPDX-License-Identifier: GPL-2.0
//@ error: a bit field is read as an integer
//! A bit field is an integer.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: [u8; 4] as bits,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
