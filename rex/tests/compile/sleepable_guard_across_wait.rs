// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable more than once at a time
//! A lock in an element is released before the program waits.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static MAP: Array<SpinLocked<u64>> = Array::with_max_entries(1);

#[uprobe(sleepable)]
fn prog(ctx: &mut Sleepable<UprobeContext>) -> Result {
    let awake = ctx.awake();
    let element = MAP.lookup(&awake, 0).ok_or(Errno::ENOENT)?;
    let guard = element.lock();
    let _: u64 = ctx.copy_from_user(8)?;
    drop(guard);
    Ok(())
}
