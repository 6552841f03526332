// SPDX-License-Identifier: GPL-2.0
//! A profiler: counts the stacks that a perf event finds.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use core::sync::atomic::Ordering::Relaxed;

use rex::linux::bpf::{BPF_F_FAST_STACK_CMP, BPF_F_USER_STACK};
use rex::prelude::*;

/// The largest number of frames of a stack.
const DEPTH: usize = 127;

/// The key of a count. A stack is a number of `stackmap`, or a negative error
/// number: `-EFAULT` if a task has no such stack.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Sample {
    comm: [u8; 16],
    kernstack: i32,
    userstack: i32,
}

#[map]
static counts: HashMap<Sample, u64> = HashMap::with_max_entries(10000);

#[map]
static stackmap: StackTrace<DEPTH> = StackTrace::with_max_entries(10000);

fn number(stack: Result<u32>) -> i32 {
    match stack {
        Ok(number) => number as i32,
        Err(error) => error.into(),
    }
}

#[perf_event]
fn rex_prog1(ctx: &mut PerfEventContext) -> Result {
    let kernel = BPF_F_FAST_STACK_CMP;
    let user = kernel | BPF_F_USER_STACK;
    let sample = Sample {
        comm: ctx.comm()?.into(),
        kernstack: number(ctx.stack_id(&stackmap, kernel)),
        userstack: number(ctx.stack_id(&stackmap, user)),
    };
    // If another CPU is faster, this fails, but the element exists.
    let _ = counts.insert_new(sample, 0);
    if let Some(count) = counts.lookup(ctx, sample) {
        count.atomic().fetch_add(1, Relaxed);
    }
    Ok(())
}
