// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A program takes a context of any lifetime.
#![no_std]
#![no_main]

use rex::prelude::*;

#[kprobe]
fn prog(_: &'static mut KprobeContext<'static>) {}
