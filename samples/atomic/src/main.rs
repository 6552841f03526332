// SPDX-License-Identifier: GPL-2.0
//! Statics that all CPUs change at the same time.
#![no_std]
#![no_main]

use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;

use rex::pt_regs::PtRegs;
use rex::uprobe::uprobe;
use rex::{Result, rex_printk, rex_uprobe};

static CALLS: AtomicU64 = AtomicU64::new(0);
static SUM: AtomicU64 = AtomicU64::new(0);
static LARGEST: AtomicU64 = AtomicU64::new(0);

/// Takes account of a number, or shows the account if it is 0.
#[rex_uprobe]
fn rex_prog1(_: &uprobe, ctx: &mut PtRegs) -> Result {
    let number = ctx.rdi();
    if number == 0 {
        return rex_printk!(
            "{} calls, sum {}, largest {}\n",
            CALLS.load(Relaxed),
            SUM.load(Relaxed),
            LARGEST.load(Relaxed),
        );
    }
    CALLS.fetch_add(1, Relaxed);
    SUM.fetch_add(number, Relaxed);
    LARGEST.fetch_max(number, Relaxed);
    Ok(0)
}
