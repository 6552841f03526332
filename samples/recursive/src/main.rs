// SPDX-License-Identifier: GPL-2.0
//! A function that calls itself, as often as userspace asks for.
#![no_std]
#![no_main]

use core::hint::black_box;

use rex::pt_regs::PtRegs;
use rex::uprobe::uprobe;
use rex::{Result, rex_printk, rex_uprobe};

/// The sum of the numbers from 1 to `n`. What is done after the call keeps the
/// compiler from making a loop of it.
#[inline(never)]
fn sum_to(n: u64) -> u64 {
    match n {
        0 => 0,
        _ => n + black_box(sum_to(n - 1)),
    }
}

#[rex_uprobe]
fn rex_recursive(obj: &uprobe, ctx: &mut PtRegs) -> Result {
    let n = ctx.rdi();
    let start = obj.bpf_ktime_get_ns();
    let sum = sum_to(n);
    let time = obj.bpf_ktime_get_ns() - start;
    rex_printk!("the sum of 1 to {n} is {sum}, after {time} ns\n")
}
