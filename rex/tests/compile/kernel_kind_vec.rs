// SPDX-License-Identifier: GPL-2.0
//@ error: `Vec<..>` is none of these
//! A member has no generic type of Rust.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: Vec<u8>,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
