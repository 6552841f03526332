// SPDX-License-Identifier: GPL-2.0
//! What each program does: it counts its run, writes a record, and may end with a fault.
#![allow(unconditional_recursion)]

use core::arch::asm;
use core::hint::black_box;
use core::sync::atomic::Ordering::Relaxed;

use rex::linux::bpf::BPF_RB_NO_WAKEUP;
use rex::map::RexRingBuf;
use rex::prelude::*;
use rex::rex_map;

use crate::names::*;

/// The test writes this.
#[map]
static control: Array<u64> = Array::with_max_entries(3);

#[map]
static counts: Array<u64> = Array::with_max_entries(3);

/// A ring buffer of one page, which is often full.
#[rex_map]
static records: RexRingBuf = RexRingBuf::new(4096, 0);

/// Adds 1, and returns the old number.
fn count(ctx: &Context, index: u32) -> u64 {
    counts
        .lookup(ctx, index)
        .map_or(0, |count| count.atomic().fetch_add(1, Relaxed))
}

#[inline(never)]
fn descend(depth: u64) -> u64 {
    let mut frame = [depth; 8];
    black_box(&mut frame);
    descend(depth + 1).max(frame[7])
}

/// Ends the run with a fault of this kind: of 5, the last one is a loop.
#[inline(never)]
fn fail(kind: u64) {
    match kind {
        0 => {
            black_box([1u64, 2, 3][black_box(3)]);
        }
        1 => {
            black_box(descend(0));
        }
        2 => unsafe { asm!("ud2") },
        3 => {
            let nowhere = black_box(core::ptr::null::<u64>());
            black_box(unsafe { nowhere.read_volatile() });
        }
        _ => loop {
            black_box(());
        },
    }
}

/// The first half of a run.
pub(crate) fn begin(ctx: &Context) {
    let number = count(ctx, RUNS_BEGUN);
    count(ctx, RECORDS_WRITTEN);
    _ = records.output(&number.to_ne_bytes(), BPF_RB_NO_WAKEUP);
}

/// An address of the process that makes the events.
pub(crate) fn wait_address() -> u64 {
    control.get(ADDRESS).unwrap_or(0)
}

/// The second half of a run, in which it may end with a fault.
pub(crate) fn end(ctx: &Context) {
    let odds = control.get(ODDS).unwrap_or(0);
    let random = u64::from(ctx.random());
    if odds != 0 && random.is_multiple_of(odds) {
        let loops = control.get(LOOPS).unwrap_or(0) != 0;
        fail((random / odds) % if loops { 5 } else { 4 });
    }
    count(ctx, RUNS_RETURNED);
}

pub(crate) fn on_event(ctx: &Context) -> Result {
    begin(ctx);
    end(ctx);
    Ok(())
}
