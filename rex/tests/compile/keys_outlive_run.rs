// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! An iteration does not outlive the run.
#![no_std]
#![no_main]

use rex::map::Keys;
use rex::prelude::*;

#[map]
static TABLE: HashMap<u32, u64> = HashMap::with_max_entries(4);

fn keep(_: Keys<'static, u32>) {}

#[kprobe("do_exit")]
fn prog(ctx: &mut KprobeContext) {
    keep(TABLE.keys(ctx));
}
