// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable more than once at a time
//! A pointer of the kernel is there until the program waits.
#![no_std]
#![no_main]

use rex::prelude::*;

#[uprobe(sleepable)]
fn prog(ctx: &mut Sleepable<UprobeContext>) -> Result {
    let task = ctx.awake().task();
    let _: u64 = ctx.copy_from_user(8)?;
    info!("{}", task.map_or(0, |task| task.pid()));
    Ok(())
}
