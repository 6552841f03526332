// SPDX-License-Identifier: GPL-2.0
//@ error: expected "a.path"
//! A path is one of members.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: u32 from "a->b",
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
