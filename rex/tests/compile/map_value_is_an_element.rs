// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! An element is a pointer, and a map is no place for one.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: HashMap<u32, MapRef<'static, u64>> = HashMap::with_max_entries(1);

#[kprobe]
fn prog(_: &mut KprobeContext) {}
