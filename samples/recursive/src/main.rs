// SPDX-License-Identifier: GPL-2.0
//! A function that calls itself as often as userspace requests.
#![no_std]
#![no_main]

use core::hint::black_box;

use rex::prelude::*;
use rex::time;

/// Returns the sum of the numbers from 1 to `n`. The addition after the call
/// keeps the compiler from making a loop of it.
#[inline(never)]
fn sum_to(n: u64) -> u64 {
    match n {
        0 => 0,
        _ => n + black_box(sum_to(n - 1)),
    }
}

#[uprobe]
fn rex_recursive(ctx: &mut UprobeContext) {
    let n = ctx.regs().rdi();
    let start = time::now();
    let sum = sum_to(n);
    let time = start.elapsed().as_nanos();
    info!("the sum of 1 to {n} is {sum}, after {time} ns");
}
