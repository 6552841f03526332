// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A task has no value in a map of values of cgroups.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static VALUES: CgroupStorage<u64> = CgroupStorage::new();

#[kprobe("do_exit")]
fn prog(ctx: &mut KprobeContext) -> Result {
    let task = ctx.task().ok_or(Errno::ESRCH)?;
    VALUES.remove(&task)
}
