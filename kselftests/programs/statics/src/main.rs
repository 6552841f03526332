// SPDX-License-Identifier: GPL-2.0
//! Statics of all kinds (zero, initialised, read-only, with pointers to functions
//! and to data), at `dup(2)` of a descriptor that no process has.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize};

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

/// This is in .bss.
static ZERO: AtomicU64 = AtomicU64::new(0);
static BUFFER: [AtomicU32; 2000] = [const { AtomicU32::new(0) }; 2000];
/// This is in .data.
static COUNTER: AtomicU64 = AtomicU64::new(1000);
/// This is in .data, with a relocation.
static CURRENT: State = State {
    step: AtomicUsize::new(0),
    steps: &STEPS,
};

struct State {
    step: AtomicUsize,
    steps: &'static [&'static (dyn Step + Sync)],
}

trait Step {
    fn apply(&self, value: u64) -> u64;
}

struct Add(u64);
struct Times(u64);
struct Call(fn(u64) -> u64);

impl Step for Add {
    fn apply(&self, value: u64) -> u64 {
        value + self.0
    }
}

impl Step for Times {
    fn apply(&self, value: u64) -> u64 {
        value * self.0
    }
}

impl Step for Call {
    fn apply(&self, value: u64) -> u64 {
        (self.0)(value)
    }
}

fn halve(value: u64) -> u64 {
    value / 2
}

/// Tables of pointers, read-only.
static STEPS: [&(dyn Step + Sync); 3] = [&Add(7), &Times(3), &Call(halve)];

/// Results of the steps, which add 7, multiply by 3 and halve, in turn.
#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(3, 0);

#[rex_tracepoint]
fn statics(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if ctx.fildes != STEP {
        return Ok(0);
    }
    let number = CURRENT.step.fetch_add(1, Relaxed);
    let step = CURRENT.steps[number % CURRENT.steps.len()];
    let value = step.apply(COUNTER.load(Relaxed));
    COUNTER.store(value, Relaxed);
    let place = &BUFFER[(number * 97) % BUFFER.len()];
    let touched = u64::from(place.fetch_add(1, Relaxed) + 1);
    let sum = ZERO.fetch_add(touched, Relaxed) + touched;
    results.insert(&NR_STEPS, &(number as u64 + 1))?;
    results.insert(&VALUE, &value)?;
    results.insert(&SUM, &sum)
}
