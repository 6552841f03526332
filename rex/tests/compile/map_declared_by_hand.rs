// SPDX-License-Identifier: GPL-2.0
//@ error: call to unsafe function `rex::map::__declare_map` is unsafe
//! A static is a map by its attribute only, which puts it where the loader finds it. The
//! map of another static would never be made.
#![no_std]
#![no_main]

use rex::map::__declare_map;
use rex::prelude::*;

static MAP: HashMap<u32, u64> = __declare_map(HashMap::with_max_entries(1));

#[kprobe]
fn prog(_: &mut KprobeContext) {
    let _ = MAP.insert(1, 1);
}
