// SPDX-License-Identifier: GPL-2.0
//! A program that calls a helper, and programs at the functions that the helper
//! calls, which call the same helper again, or another one.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

extern crate alloc;

#[macro_use]
mod acts;
#[path = "../../hash.rs"]
mod hash;
#[macro_use]
mod list;
mod names;

use rex::context::{Context, KprobeContext, RawTracepointContext};
use rex::fentry::{FentryArgs, fentry};
use rex::fexit::{FexitArgs, fexit};
use rex::kprobe::kprobe;
use rex::kretprobe::kretprobe;
use rex::linux::errno::ENOENT;
use rex::map::RexArrayMap;
use rex::pt_regs::PtRegs;
use rex::raw_tracepoint::{RawTracepointArgs, raw_tracepoint};
use rex::{Result, rex_fentry, rex_fexit, rex_kprobe, rex_kretprobe};
use rex::{rex_map, rex_raw_tracepoint};

use names::*;

#[rex_map]
static orders: RexArrayMap<u64> = RexArrayMap::new(3, 0);

#[rex_map]
static notes: RexArrayMap<u64> = RexArrayMap::new(9, 0);

const DUP: u64 = 32;

/// A function that a helper calls in a loop is seen so often in an outer act. On kernels that
/// check each lock, a helper may call one a hundred thousand times.
const MOST_NESTED: u64 = 1000;

fn add(index: u32) {
    if let Some(number) = notes.get(&index) {
        _ = notes.insert(&index, &(number + 1));
    }
}

fn note(first: u32, result: Result) {
    add(first + RUNS);
    let Err(error) = result else {
        return;
    };
    add(first + FAILED);
    if error == -rex::linux::errno::EBUSY {
        add(first + BUSY);
    }
    _ = notes.insert(&(first + ERROR), &u64::from(error.unsigned_abs()));
}

/// Performs the act that is ordered, if this is the thread.
macro_rules! within {
    ($obj:ident, $ctx:ident) => {{
        if orders.get(&THREAD) == Some($obj.bpf_get_current_pid_tgid()) {
            let act = orders.get(&WITHIN).ok_or(-ENOENT)?;
            if act != 0 && notes.get(&NESTED) < Some(MOST_NESTED) {
                add(NESTED);
                note(OF_WITHIN, perform!($obj, $ctx, act));
            }
        }
        Ok(0)
    }};
}

#[rex_raw_tracepoint("sys_enter")]
fn outside(obj: &raw_tracepoint, ctx: &RawTracepointArgs) -> Result {
    if ctx.arg(1) != Some(DUP)
        || orders.get(&THREAD) != Some(obj.bpf_get_current_pid_tgid())
    {
        return Ok(0);
    }
    let act = orders.get(&OUTSIDE).ok_or(-ENOENT)?;
    _ = notes.insert(&NESTED, &0);
    note(0, perform!(obj, ctx, act));
    Ok(0)
}

/// The test attaches these two to the functions that a helper calls.
#[rex_kprobe]
fn at_entry(obj: &kprobe, regs: &mut PtRegs) -> Result {
    within!(obj, regs)
}

#[rex_kretprobe]
fn at_return(obj: &kretprobe, regs: &mut PtRegs) -> Result {
    within!(obj, regs)
}

#[rex_fentry("_raw_spin_unlock_irqrestore")]
fn before_unlock_irqrestore(obj: &fentry, ctx: &FentryArgs) -> Result {
    within!(obj, ctx)
}

#[rex_fentry("_raw_spin_unlock")]
fn before_unlock(obj: &fentry, ctx: &FentryArgs) -> Result {
    within!(obj, ctx)
}

#[rex_fexit("_raw_spin_lock_irqsave")]
fn after_lock_irqsave(obj: &fexit, ctx: &FexitArgs<'_>) -> Result {
    within!(obj, ctx)
}

#[rex_fexit("_raw_spin_lock")]
fn after_lock(obj: &fexit, ctx: &FexitArgs<'_>) -> Result {
    within!(obj, ctx)
}

/// A program within arms it.
#[rex::timer]
fn at_time(_: &mut rex::context::TimerContext) {}

/// A table that is iterated.
#[rex_map]
static table: rex::map::HashMap<u64, u64> =
    rex::map::HashMap::with_max_entries(64);

fn count_keys(ctx: &Context) -> Result {
    if table.insert(1, 1).is_err() {
        return Err(-ENOENT);
    }
    match table.keys(ctx).count() {
        1 => Ok(0),
        _ => Err(-ENOENT),
    }
}

/// Iterates a table that the other program also iterates.
#[rex::raw_tracepoint("sys_enter")]
fn keys_outside(ctx: &mut RawTracepointContext) {
    if ctx.arg(1) == Some(DUP) && orders.get(&THREAD) == Some(ctx.pid_tgid()) {
        note(0, count_keys(ctx));
    }
}

#[rex::kprobe("htab_map_get_next_key")]
fn keys_within(ctx: &mut KprobeContext) {
    if orders.get(&THREAD) == Some(ctx.pid_tgid()) {
        note(OF_WITHIN, count_keys(ctx));
    }
}

/// Runs within the kernel's change of its clock, in any thread that the timer
/// interrupts.
#[rex_fentry("update_vsyscall")]
fn within_the_clock(obj: &fentry, ctx: &FentryArgs) -> Result {
    let act = orders.get(&WITHIN).ok_or(-ENOENT)?;
    if act != 0 {
        note(OF_WITHIN, perform!(obj, ctx, act));
    }
    Ok(0)
}

/// Makes the programs at reads of a string for a format.
macro_rules! reads_of_a_string {
    ($($name:ident)*) => {
        $(
            #[rex_fentry("strncpy_from_kernel_nofault")]
            fn $name(obj: &fentry, ctx: &FentryArgs) -> Result {
                within!(obj, ctx)
            }
        )*
    };
}

reads_of_a_string! { reads_1 reads_2 reads_3 reads_4 }
