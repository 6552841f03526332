// SPDX-License-Identifier: GPL-2.0
//@ error: cannot initialize a tuple struct which contains private fields
//@ error: field `map` of struct `RexMapHandle` is private
//! A map is made by its constructors only.
#![no_std]
#![no_main]

use rex::map::RexHashMap;
use rex::prelude::*;

#[map]
static MAP: RexHashMap<u32, u64> = RexHashMap::new(1, 0);

pub fn whole(inner: RexHashMap<u32, u64>) -> HashMap<u32, u64> {
    HashMap(inner)
}

pub fn part() -> bool {
    let _ = &MAP.map;
    true
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
