// SPDX-License-Identifier: GPL-2.0
//@ error: is no result of this kind of program
//! A program does not return what is not a number.
#![no_std]
#![no_main]

use rex::prelude::*;

#[kprobe]
fn prog(_: &mut KprobeContext) -> &'static str {
    "done"
}
