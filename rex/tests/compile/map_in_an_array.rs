// SPDX-License-Identifier: GPL-2.0
//@ error: is not a map
//! A map is a static of its own.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAPS: [HashMap<u32, u64>; 1] = [HashMap::with_max_entries(1)];

#[kprobe]
fn prog(_: &mut KprobeContext) {}
