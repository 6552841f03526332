// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A pointer into the kernel does not leave the run by a lifetime.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

fn forever(ctx: &TaskContext) -> Ptr<'static, task_struct> {
    ctx.current()
}

#[kprobe]
fn prog(ctx: &mut KprobeContext) {
    info!("{:?}", forever(ctx));
}
