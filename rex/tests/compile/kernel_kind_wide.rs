// SPDX-License-Identifier: GPL-2.0
//@ error: integers have at most 64 bits
//! A member is no integer of more than 64 bits.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: u128,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
