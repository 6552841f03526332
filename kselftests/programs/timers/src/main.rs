// SPDX-License-Identifier: GPL-2.0
//! Programs that run at a time, and what arms them.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

mod names;

use core::time::Duration;

use rex::prelude::*;

use names::*;

#[map]
static control: Array<u64> = Array::with_max_entries(2);
#[map]
static results: Array<u64> = Array::with_max_entries(10);

fn note(index: u32, result: Result) -> Result {
    let number = result.map_or_else(i32::from, |()| 0);
    results.set(index, i64::from(number) as u64)
}

fn add(index: u32) -> Result {
    results.set(index, results.get(index).unwrap_or(0) + 1)
}

fn now() -> u64 {
    rex::time::now().as_ns()
}

fn act(ctx: &Context) -> Result {
    let cpus = results.get(CPUS).unwrap_or(0);
    results.set(CPUS, cpus | 1 << ctx.cpu())?;
    match control.get(ACT).unwrap_or(0) {
        LOOP => loop {
            core::hint::spin_loop();
        },
        PANIC => panic!("at a time"),
        SPIN => {
            let end = now() + 10_000_000;
            while now() < end {}
            Ok(())
        }
        AGAIN => ctx.arm_timer("once", Duration::from_millis(1)),
        _ => Ok(()),
    }
}

#[timer(period_ms = 5)]
fn tick(ctx: &mut TimerContext) -> Result {
    add(TICKS)?;
    act(ctx)
}

#[timer(period_ms = 1)]
fn fast(ctx: &mut TimerContext) -> Result {
    add(TICKS)?;
    act(ctx)
}

#[timer]
fn once(ctx: &mut TimerContext) -> Result {
    results.set(RAN, now())?;
    add(ONCE)?;
    act(ctx)
}

#[tracepoint]
fn arms(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    match ctx.event().fildes {
        ARM => {
            let delay = control.get(DELAY).unwrap_or(0);
            results.set(ARMED, now())?;
            note(RET, ctx.arm_timer("once", Duration::from_millis(delay)))
        }
        ARM_WRONG => {
            let (ok, long) = (Duration::from_millis(10), 86_400_001);
            let (short, long) =
                (Duration::from_micros(999), Duration::from_millis(long));
            note(RET, ctx.arm_timer("twice", ok))?;
            note(RET + 1, ctx.arm_timer("tick", ok))?;
            note(RET + 2, ctx.arm_timer("once", short))?;
            note(RET + 3, ctx.arm_timer("once", long))
        }
        _ => Ok(()),
    }
}

/// The test attaches it to a function at which the kernel holds its lock for
/// timers.
#[kprobe]
fn hook(ctx: &mut KprobeContext) -> Result {
    add(HOOKED)?;
    ctx.arm_timer("once", Duration::from_millis(1))
}
