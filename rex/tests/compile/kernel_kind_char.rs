// SPDX-License-Identifier: GPL-2.0
//@ error: a character of the kernel is a `u8`
//! A character of the kernel has the name of a type of C, not of Rust.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        x: char,
    }
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
