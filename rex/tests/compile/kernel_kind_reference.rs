// SPDX-License-Identifier: GPL-2.0
//@ error: a reference to the kernel's data does not exist
//! There are no references.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: &'static task_struct,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
