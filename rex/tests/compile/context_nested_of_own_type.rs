// SPDX-License-Identifier: GPL-2.0
//@ error: Sealed` is not satisfied
//! A program has no kinds of maps of its own that could be in a map.
#![no_std]
#![no_main]

use rex::prelude::*;

struct Own;

unsafe impl rex::map::Nested for Own {
    type Inner<'run> = ();

    unsafe fn inner<'run>(_: u64) {}
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
