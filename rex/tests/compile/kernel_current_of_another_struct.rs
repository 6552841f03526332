// SPDX-License-Identifier: GPL-2.0
//@ error: declare a struct of that name
//! The current task is a task_struct.
#![no_std]
#![no_main]

use rex::prelude::*;
#[kprobe]
fn prog(ctx: &mut KprobeContext) {
    info!("{:?}", ctx.current::<rex::kernel::file>());
}
