// SPDX-License-Identifier: GPL-2.0
//! Sleepable programs at a function of the kernel. `BPF_PROG_TEST_RUN` of a fentry or fexit
//! program calls this function; kernels before 6.3 let no program sleep there.
#![no_std]
#![no_main]

mod names;

use rex::context::Sleeps;
use rex::prelude::*;

use names::*;

#[map]
static orders: Array<u64> = Array::with_max_entries(2);

#[map]
static seen: Array<u64> = Array::with_max_entries(8);

fn note(index: u32, value: u64) {
    // The index is one of the array.
    _ = seen.set(index, value);
}

fn add(index: u32) {
    note(index, seen.get(index).unwrap_or(0) + 1);
}

/// Returns whether the run is one that counts.
fn copy<C: Sleeps>(ctx: &mut Sleepable<C>) -> bool {
    let process = orders.get(OF_PROCESS).unwrap_or(0);
    if u64::from(ctx.awake().tgid()) != process {
        return false;
    }
    add(RUNS_BEGUN);
    let result = ctx.copy_from_user(orders.get(FROM).unwrap_or(0));
    add(RUNS_BACK);
    match result {
        Ok(number) => {
            note(OUTCOME, 0);
            note(NUMBER, number);
        }
        Err(error) => note(OUTCOME, i64::from(-error.number()) as u64),
    }
    true
}

#[fentry("bpf_fentry_test1", sleepable)]
fn on_test(ctx: &mut Sleepable<FentryContext>) {
    if copy(ctx) {
        note(ARGUMENT, ctx.awake().arg(0).unwrap_or(0));
    }
}

#[fexit("bpf_fentry_test1", sleepable)]
fn on_test_return(ctx: &mut Sleepable<FexitContext>) {
    if copy(ctx) {
        let awake = ctx.awake();
        note(ARGUMENT, awake.arg(0).unwrap_or(0));
        note(RETURNED, awake.return_value());
    }
}
