// SPDX-License-Identifier: GPL-2.0
//@ error: plain data has no generic parameters
//! A context cannot be made of bytes.
#![no_std]
#![no_main]

use rex::prelude::*;

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Kept<'run> {
    context: Context<'run>,
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
