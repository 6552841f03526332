// SPDX-License-Identifier: GPL-2.0
//! Sleepable programs of all kinds that there are. At an event of the process in `orders`
//! they do what the order says, and note in `seen` what came of it.
#![no_std]
#![no_main]

mod names;

use rex::context::Sleeps;
use rex::prelude::*;

use names::*;

#[map]
static orders: Array<u64> = Array::with_max_entries(8);

#[map]
static seen: Array<u64> = Array::with_max_entries(16);

fn order(index: u32) -> u64 {
    orders.get(index).unwrap_or(0)
}

fn note(index: u32, value: u64) {
    // The index is one of the array.
    _ = seen.set(index, value);
}

fn add(index: u32, value: u64) {
    note(index, seen.get(index).unwrap_or(0) + value);
}

fn act<C: Sleeps>(ctx: &mut Sleepable<C>) {
    if u64::from(ctx.awake().tgid()) != order(PROCESS) {
        return;
    }
    add(CALLS, 1);
    let address = order(ADDRESS);
    let result = match order(ACT) {
        READ_PRESENT => ctx.awake().read_user::<u64>(address),
        _ => Err(Errno::ENOSYS),
    };
    match result {
        Ok(value) => {
            note(RESULT, 0);
            note(VALUE, value);
        }
        Err(error) => note(RESULT, i64::from(-error.number()) as u64),
    }
}

#[uprobe(sleepable)]
fn on_call(ctx: &mut Sleepable<UprobeContext>) {
    act(ctx);
}

#[uretprobe(sleepable)]
fn on_return(ctx: &mut Sleepable<UprobeContext>) {
    act(ctx);
    note(VALUE, ctx.awake().return_value());
}

#[lsm("socket_create", sleepable)]
fn on_socket(ctx: &mut Sleepable<LsmContext>) {
    act(ctx);
}

#[lsm("file_open", sleepable)]
fn on_open(ctx: &mut Sleepable<LsmContext>) -> Result {
    act(ctx);
    if u64::from(ctx.awake().tgid()) == order(PROCESS) {
        return Err(Errno::EXDEV);
    }
    Ok(())
}

/// A program that the test binds to a wrong carrier.
#[uprobe]
fn on_call_awake(ctx: &mut UprobeContext) {
    if u64::from(ctx.tgid()) == order(PROCESS) {
        add(CALLS, 1);
    }
}
