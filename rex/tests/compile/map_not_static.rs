// SPDX-License-Identifier: GPL-2.0
//@ error: expected `&HashMap<u32, u64>`, found `&MissingMapAttribute
//! A map that is no static cannot be used.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn store() -> Result {
    let map = HashMap::<u32, u64>::with_max_entries(1);
    let map: &HashMap<u32, u64> = &map;
    map.insert(1, 1)
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
