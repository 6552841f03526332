// SPDX-License-Identifier: GPL-2.0
//! Counts in statics and in a map, and panics in the middle, at `dup(2)` of a
//! descriptor that no process has.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

/// One step.
const STEP: u64 = 0x5e1f_4000;
/// Half a step, and a panic.
const FAIL: u64 = 0x5e1f_4001;

/// Indices into `results`.
const ZERO: u32 = 0;
const COUNTER: u32 = 1;
const STEPS: u32 = 2;

/// In .bss and in .data.
static zero: AtomicU64 = AtomicU64::new(0);
static counter: AtomicU64 = AtomicU64::new(1000);

#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(3, 0);

#[rex_tracepoint]
fn steps(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if ctx.fildes != STEP && ctx.fildes != FAIL {
        return Ok(0);
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
