// SPDX-License-Identifier: GPL-2.0
//! Statics that all CPUs change at the same time.
#![no_std]
#![no_main]

use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;

use rex::prelude::*;

static CALLS: AtomicU64 = AtomicU64::new(0);
static SUM: AtomicU64 = AtomicU64::new(0);
static LARGEST: AtomicU64 = AtomicU64::new(0);

/// Adds a number to the statistics, or prints them if it is 0.
#[uprobe]
fn rex_prog1(ctx: &mut UprobeContext) {
    let number = ctx.regs().rdi();
    if number == 0 {
        info!(
            "{} calls, sum {}, largest {}",
            CALLS.load(Relaxed),
            SUM.load(Relaxed),
            LARGEST.load(Relaxed),
        );
        return;
    }
    CALLS.fetch_add(1, Relaxed);
    SUM.fetch_add(number, Relaxed);
    LARGEST.fetch_max(number, Relaxed);
}
