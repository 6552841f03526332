// SPDX-License-Identifier: GPL-2.0
//@ calls: bpf_get_current_task rex_load_8 rex_load_4 rex_note_error
//! A chain of members costs a load for each. An error is counted.
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
fn prog(ctx: &mut KprobeContext) -> Result<i32> {
    read!(ctx.current::<task_struct>().real_parent.tgid)
}
