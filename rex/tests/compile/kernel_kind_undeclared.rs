// SPDX-License-Identifier: GPL-2.0
//@ error: cannot find type `mm_struct`
//! A struct within is declared, too.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: mm_struct,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
