// SPDX-License-Identifier: GPL-2.0
//@ error: unsafe function cannot be called generically without an unsafe block
//! The function that makes a map of its definition is no argument of a safe function.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn unset() -> Option<HashMap<u32, u64>> {
    Some(HashMap::with_max_entries(1)).map(rex::map::__declare_map)
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
