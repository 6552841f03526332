// SPDX-License-Identifier: GPL-2.0
//@ error: a pointer of the kernel is `Ptr<T>`
//! A member has no raw pointer as its type.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: *const task_struct,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
