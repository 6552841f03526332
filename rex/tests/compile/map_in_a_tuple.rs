// SPDX-License-Identifier: GPL-2.0
//@ error: is not a map
//! The loader fills a map where its static begins, and nothing may be beside it.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: (u64, HashMap<u32, u64>) = (0, HashMap::with_max_entries(1));

#[kprobe]
fn prog(_: &mut KprobeContext) {}
