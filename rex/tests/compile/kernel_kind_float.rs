// SPDX-License-Identifier: GPL-2.0
//@ error: the kernel has no such numbers
//! A member has one of the types that members can have.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: f64,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
