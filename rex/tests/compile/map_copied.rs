// SPDX-License-Identifier: GPL-2.0
//@ error: no method named `clone` found for struct `rex::map::HashMap
//@ error: no method named `clone` found for struct `RexMapHandle
//! There is no other value of a map.
#![no_std]
#![no_main]

use rex::map::RexHashMap;
use rex::prelude::*;

#[map]
static MAP: HashMap<u32, u64> = HashMap::with_max_entries(1);

#[map]
static HANDLE: RexHashMap<u32, u64> = RexHashMap::new(1, 0);

pub fn copies() -> (HashMap<u32, u64>, RexHashMap<u32, u64>) {
    (MAP.clone(), HANDLE.clone())
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
