// SPDX-License-Identifier: GPL-2.0
//@ error: cannot move out of static item `MAP`
//! A map stays in its static.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: HashMap<u32, u64> = HashMap::with_max_entries(1);

static OTHER: HashMap<u32, u64> = MAP;

#[kprobe]
fn prog(_: &mut KprobeContext) {
    let _ = OTHER.insert(1, 1);
}
