// SPDX-License-Identifier: GPL-2.0
//! Counts in statics and in a map, panics in the middle, loops, and checks its data
//! in statics and in the heap, at `dup(2)` of descriptors that no process has.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

extern crate alloc;

mod names;

use alloc::vec;
use core::hint::black_box;
use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

const HOLD_NS: u64 = 100_000_000;

/// These are in .bss and in .data.
static zero: AtomicU64 = AtomicU64::new(0);
static counter: AtomicU64 = AtomicU64::new(1000);

#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(5, 0);

/// The number of runs that hold data now.
static holders: AtomicU64 = AtomicU64::new(0);

fn count(obj: &tracepoint<SyscallsEnterDupCtx>, index: u32) {
    if let Some(all) = obj.bpf_map_lookup_elem(&results, &index) {
        all.atomic().fetch_add(1, Relaxed);
    }
}

/// Holds data that no other run may change, and is counted for as long.
fn hold(obj: &tracepoint<SyscallsEnterDupCtx>) {
    let begin = obj.bpf_ktime_get_ns();
    let mine = vec![begin; 64];
    let mut changed = false;

    holders.fetch_add(1, Relaxed);
    while obj.bpf_ktime_get_ns() - begin < HOLD_NS {
        black_box(vec![!begin; 64]);
        changed |= black_box(&mine).iter().any(|word| *word != begin);
        changed |= holders.load(Relaxed) == 0;
    }
    holders.fetch_sub(1, Relaxed);
    count(obj, HELD);
    if changed {
        count(obj, CHANGED);
    }
}

#[rex_tracepoint]
fn steps(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    match ctx.fildes {
        STEP | FAIL => {}
        LOOP => loop {
            black_box(());
        },
        HOLD => {
            hold(obj);
            return Ok(0);
        }
        _ => return Ok(0),
    }
    zero.fetch_add(1, Relaxed);
    assert!(ctx.fildes == STEP, "half a step");
    counter.fetch_add(1, Relaxed);
    results.insert(&ZERO, &zero.load(Relaxed))?;
    results.insert(&COUNTER, &counter.load(Relaxed))?;
    if let Some(all) = obj.bpf_map_lookup_elem(&results, &STEPS) {
        all.set(all.get() + 1);
    }
    Ok(0)
}
