// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A program that is not sleepable cannot wait.
#![no_std]
#![no_main]

use rex::prelude::*;

#[uprobe]
fn prog(ctx: &mut Sleepable<UprobeContext>) {
    _ = ctx.copy_from_user::<u64>(8);
}
