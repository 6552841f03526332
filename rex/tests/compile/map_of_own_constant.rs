// SPDX-License-Identifier: GPL-2.0
//@ error: constant of non-structural type `MissingMapAttribute
//! The program's constant does not take the place of the map's definition.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use rex::map::MissingMapAttribute;
use rex::prelude::*;

const rex_definition: MissingMapAttribute<HashMap<u32, u64>> =
    HashMap::with_max_entries(1);

#[map]
static MAP: HashMap<u32, u64> = HashMap::with_max_entries(2);

#[kprobe]
fn prog(_: &mut KprobeContext) {
    let _ = MAP.insert(1, 1);
}
