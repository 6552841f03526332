// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A pointer in the kernel's data may be any number, and is no cgroup.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static VALUES: CgroupStorage<u64> = CgroupStorage::new();

#[kprobe("do_exit")]
fn prog(ctx: &mut KprobeContext) -> Result {
    let task = ctx.current::<rex::kernel::task_struct>();
    let cgroup = read!(task.cgroups.dfl_cgrp)?;
    VALUES.remove(&cgroup)
}
