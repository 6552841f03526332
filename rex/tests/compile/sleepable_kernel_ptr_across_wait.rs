// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable more than once at a time
//! A pointer of the kernel is of the time until the program waits.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

#[uprobe(sleepable)]
fn prog(ctx: &mut Sleepable<UprobeContext>) -> Result {
    let current: Ptr<task_struct> = ctx.awake().current();
    let _: u64 = ctx.copy_from_user(8)?;
    info!("{:?}", current);
    Ok(())
}
