// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! A map out of a map of maps is there for the run, not longer.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: ArrayOfMaps<Array<u64>> =
    ArrayOfMaps::with_inner(1, Array::with_max_entries(1));

fn keep(_: <Array<u64> as rex::map::Nested>::Inner<'static>) {}

#[kprobe]
fn prog(ctx: &mut KprobeContext) {
    if let Some(map) = MAP.get(ctx, 0) {
        keep(map);
    }
}
