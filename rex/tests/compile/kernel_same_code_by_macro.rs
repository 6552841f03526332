// SPDX-License-Identifier: GPL-2.0
//@ code: kernel_same_code_by_hand
//! The macro costs nothing.
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
    if read!(ctx.current::<task_struct>().real_parent.tgid) == Ok(1) {
        _ = ctx.send_signal(10);
    }
}
