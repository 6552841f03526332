// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be dereferenced
//! A pointer into the kernel is read through, not dereferenced.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

#[kprobe]
fn prog(ctx: &mut KprobeContext) {
    let task = *ctx.current::<task_struct>();
    info!("{:?}", task.pid);
}
