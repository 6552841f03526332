// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A record of a ring buffer does not outlive the run.
#![no_std]
#![no_main]

use rex::prelude::*;

#[map]
static EVENTS: RingBuf = RingBuf::with_size(4096);

pub fn keep(ctx: &Context) -> Option<RingBufEntry<'static>> {
    EVENTS.reserve(ctx, 8)
}

#[kprobe]
fn prog(_: &mut KprobeContext) {}
