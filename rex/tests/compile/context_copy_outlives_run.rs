// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A copy of a context does not outlive the run.
#![no_std]
#![no_main]

use rex::prelude::*;

pub fn keep(ctx: &KprobeContext) -> Context<'static> {
    ctx.context()
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
