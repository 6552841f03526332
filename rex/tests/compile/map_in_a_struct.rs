// SPDX-License-Identifier: GPL-2.0
//@ error: is not a map
//! A struct that derefs to a map is none.
#![no_std]
#![no_main]

use core::ops::Deref;
use rex::prelude::*;

struct Wrapper(u64, HashMap<u32, u64>);

impl Deref for Wrapper {
    type Target = HashMap<u32, u64>;

    fn deref(&self) -> &Self::Target {
        &self.1
    }
}

#[map]
static MAP: Wrapper = Wrapper(0, HashMap::with_max_entries(1));

#[kprobe]
fn prog(_: &mut KprobeContext) {}
