// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A list has the type of its member.
#![no_std]
#![no_main]

use rex::kernel::{list_head, task_struct};
use rex::prelude::*;

fn f(head: Ptr<list_head>) -> usize {
    head.entries(|task: task_struct| task.comm).count()
}

#[kprobe]
fn prog(ctx: &mut KprobeContext) {
    info!("{}", f(ctx.kernel_ptr(0)));
}
