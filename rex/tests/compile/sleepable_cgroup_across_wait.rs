// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable more than once at a time
//! A cgroup may be gone when the program has waited.
#![no_std]
#![no_main]

use rex::prelude::*;

#[uprobe(sleepable)]
fn prog(ctx: &mut Sleepable<UprobeContext>) -> Result {
    let cgroup = ctx.awake().cgroup().ok_or(Errno::ENOENT)?;
    let word: u64 = ctx.copy_from_user(8)?;
    info!("{word} in {}", cgroup.id());
    Ok(())
}
