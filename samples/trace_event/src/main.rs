// SPDX-License-Identifier: GPL-2.0
//! A profiler: counts the stacks that a perf event finds.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use core::sync::atomic::Ordering::Relaxed;

use rex::linux::bpf::{BPF_F_FAST_STACK_CMP, BPF_F_USER_STACK, BPF_NOEXIST};
use rex::map::{RexHashMap, RexStackTrace};
use rex::perf_event::*;
use rex::{Pod, Result, rex_map, rex_perf_event};

/// Frames of a stack.
const DEPTH: usize = 127;

/// What is counted. The stacks are numbers of `stackmap`, or why there is none: a
/// negative error number, `-EFAULT` where a task has no such stack.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Sample {
    comm: [u8; 16],
    kernstack: i32,
    userstack: i32,
}

#[rex_map]
static counts: RexHashMap<Sample, u64> = RexHashMap::new(10000, 0);

#[rex_map]
static stackmap: RexStackTrace<u32, [u64; DEPTH]> =
    RexStackTrace::new(10000, 0);

fn number(stack: Result) -> i32 {
    let (Ok(number) | Err(number)) = stack;
    number
}

#[rex_perf_event]
fn rex_prog1(obj: &perf_event, ctx: &bpf_perf_event_data) -> Result {
    let kernel = BPF_F_FAST_STACK_CMP;
    let user = kernel | BPF_F_USER_STACK;
    let mut sample = Sample {
        comm: [0; 16],
        kernstack: number(obj.bpf_get_stackid_pe(ctx, &stackmap, kernel)),
        userstack: number(obj.bpf_get_stackid_pe(ctx, &stackmap, user)),
    };
    obj.bpf_get_current_comm(&mut sample.comm)?;
    // If another CPU is faster, this fails, and the element is there.
    let _ = obj.bpf_map_update_elem(&counts, &sample, &0, BPF_NOEXIST);
    if let Some(count) = obj.bpf_map_lookup_elem(&counts, &sample) {
        count.atomic().fetch_add(1, Relaxed);
    }
    Ok(0)
}
