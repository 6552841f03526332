// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! A context belongs to one CPU.
#![no_std]
#![no_main]

use rex::prelude::*;

fn send<T: Send>(_: T) {}

#[kprobe]
fn prog(ctx: &mut KprobeContext) {
    send(ctx);
}
