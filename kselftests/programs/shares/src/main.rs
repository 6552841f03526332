// SPDX-License-Identifier: GPL-2.0
//! Programs whose runs take as long as the test says: at `dup(2)` of a descriptor that no
//! process has; with interrupts off, at a signal; and on top of another run, at its fault.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::hint::black_box;

use rex::prelude::*;

use names::*;

/// No kernel maps this address.
const NOT_MAPPED: u64 = 0xffff_fc00_0000_1000;

#[map]
static control: Array<u64> = Array::with_max_entries(2);
#[map]
static results: Array<u64> = Array::with_max_entries(1);

fn now() -> u64 {
    rex::time::now().as_ns()
}

/// Spends most of the time in the program's own code, some of it in a helper; and, if
/// the test says so, nearly all of it in runs on top of this one.
fn take(fault: impl Fn()) -> Result {
    let end = now() + control.get(RUN_NS).unwrap_or(0);
    while now() < end {
        for i in 0..500 {
            black_box(i);
        }
        if control.get(FAULTS) == Some(1) {
            fault();
        }
    }
    results.set(RUNS, results.get(RUNS).unwrap_or(0) + 1)
}

#[tracepoint]
fn at_dup(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    if ctx.event().fildes != TAKE {
        return Ok(());
    }
    take(|| {
        black_box(ctx.read_kernel::<u64>(NOT_MAPPED).is_ok());
    })
}

/// The kernel sends a signal with a lock held and interrupts off.
#[raw_tracepoint("signal_generate")]
fn at_signal(_: &mut RawTracepointContext, signal: i32) -> Result {
    if signal != TAKE_SIGNAL {
        return Ok(());
    }
    take(|| ())
}

#[raw_tracepoint("page_fault_kernel")]
fn at_fault(_: &mut RawTracepointContext, address: u64) -> Result {
    if address != NOT_MAPPED {
        return Ok(());
    }
    take(|| ())
}
