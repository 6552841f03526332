// SPDX-License-Identifier: GPL-2.0
//@ error: cannot move out of `task` because it is borrowed
//! A cgroup is not known to be there when the reference on its task is gone.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static VALUES: CgroupStorage<u64> = CgroupStorage::new();

#[kprobe("do_exit")]
fn prog(ctx: &mut KprobeContext) -> Result {
    let task = OwnedTask::from_pid(1).ok_or(Errno::ESRCH)?;
    let cgroup = task.cgroup().ok_or(Errno::ENOENT)?;
    drop(task);
    if let Some(value) = VALUES.lookup(ctx, &cgroup) {
        value.set(1);
    }
    Ok(())
}
