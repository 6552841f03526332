// SPDX-License-Identifier: GPL-2.0
//@ code: same_code_kprobe_obj
//! A program has the code of one with two arguments: nothing runs more.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static COUNTS: Array<u64> = Array::with_max_entries(8);

#[kprobe]
fn prog(ctx: &mut KprobeContext) -> i32 {
    let Some(task) = ctx.task() else {
        return -3;
    };
    if let Some(count) = COUNTS.lookup(ctx, ctx.cpu()) {
        count.set(count.get().wrapping_add(ctx.regs().rdi()));
    }
    task.pid()
}
