// SPDX-License-Identifier: GPL-2.0
//@ error: call to unsafe function `rex::map::__declare_map` is unsafe
//! What the attribute makes of a static has an unsafe block; the static's own expression
//! is not in it.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: HashMap<u32, u64> = {
    let _ = rex::map::__declare_map(HashMap::<u32, u64>::with_max_entries(1));
    HashMap::with_max_entries(1)
};

#[kprobe]
fn prog(_: &mut KprobeContext) {
    let _ = MAP.insert(1, 1);
}
