// SPDX-License-Identifier: GPL-2.0
//! A small program that can be attached often, and can panic: kselftests/bench/costs.c.
#![no_std]
#![no_main]

use rex::prelude::*;

#[raw_tracepoint("task_rename")]
fn panics_if_told(ctx: &mut RawTracepointContext) {
    assert_ne!(ctx.arg(0), Some(99), "as told");
}
