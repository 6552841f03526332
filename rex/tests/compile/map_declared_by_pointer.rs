// SPDX-License-Identifier: GPL-2.0
//@ error: expected safe fn, found unsafe fn
//! The function that makes a map of its definition is not called by a pointer either.
#![no_std]
#![no_main]

use rex::map::MissingMapAttribute;
use rex::prelude::*;

type Map = HashMap<u32, u64>;

const DECLARE: fn(MissingMapAttribute<Map>) -> Map =
    rex::map::__declare_map::<Map>;

pub fn unset() -> Map {
    DECLARE(HashMap::with_max_entries(1))
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
