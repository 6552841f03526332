// SPDX-License-Identifier: GPL-2.0
//@ error: `bool` is not plain data
//! Maps have values that any bytes are.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: HashMap<u32, bool> = HashMap::with_max_entries(1);

#[kprobe]
fn prog(_: &mut KprobeContext) {}
