// SPDX-License-Identifier: GPL-2.0
//@ error: a pointer may always be NULL
//! Every pointer may be NULL.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: Ptr<Option<task_struct>>,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
