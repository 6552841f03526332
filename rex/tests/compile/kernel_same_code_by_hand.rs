// SPDX-License-Identifier: GPL-2.0
//! The steps of kernel_same_code_by_macro, one by one.
#![no_std]
#![no_main]

use rex::prelude::*;

rex::kernel! {
    struct task_struct {
        tgid: i32,
        real_parent: Ptr<task_struct>,
    }
}

#[kprobe("do_exit")]
fn prog(ctx: &mut KprobeContext) {
    let task = ctx.current::<task_struct>();
    let parent = match task.get(|task| task.real_parent) {
        Ok(parent) => parent,
        Err(_) => return,
    };
    if parent.get(|task| task.tgid) == Ok(1) {
        _ = ctx.send_signal(10);
    }
}
