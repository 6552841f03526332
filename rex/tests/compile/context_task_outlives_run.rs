// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A task does not outlive the run.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn keep(ctx: &TaskContext) -> Option<Task<'static>> {
    ctx.task()
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
