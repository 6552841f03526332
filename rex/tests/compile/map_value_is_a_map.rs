// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! A map by value in another map would be bytes that the loader has not filled.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: HashMap<u32, HashMap<u32, u64>> = HashMap::with_max_entries(1);

#[kprobe]
fn prog(_: &mut KprobeContext) {}
