// SPDX-License-Identifier: GPL-2.0
//@ error: field `map` of struct `MissingMapAttribute` is private
//@ error: method `into_inner` is private
//! What a constructor returns gives no map, except to the attribute.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn by_field() -> HashMap<u32, u64> {
    core::mem::ManuallyDrop::into_inner(HashMap::with_max_entries(1).map)
}

pub fn by_method() -> HashMap<u32, u64> {
    HashMap::with_max_entries(1).into_inner()
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
