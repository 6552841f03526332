// SPDX-License-Identifier: GPL-2.0
//@ error: a `void *` of C is `Ptr<()>`
//! C's void is the type of no member.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: Ptr<void>,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
