// SPDX-License-Identifier: GPL-2.0
//@ error: field `context` of struct `rex::context::Sleepable` is private
//! A program gets such a context from the kernel alone.
#![no_std]
#![no_main]

use rex::prelude::*;

#[uprobe]
fn prog(ctx: &mut UprobeContext) {
    let awake = <UprobeContext as rex::context::Sleeps>::reborrow(ctx);
    let mut made = Sleepable { context: awake };
    _ = made.copy_from_user::<u64>(8);
}
