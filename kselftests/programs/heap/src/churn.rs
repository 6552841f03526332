// SPDX-License-Identifier: GPL-2.0
//! Programs for all contexts. Each run allocates blocks of different sizes, fills
//! them with a pattern of the run, and checks the patterns before it frees them,
//! so a block that two runs have is noticed.

use alloc::vec::Vec;
use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;

use rex::kprobe::kprobe;
use rex::perf_event::{bpf_perf_event_data, perf_event};
use rex::pt_regs::PtRegs;
use rex::raw_tracepoint::{RawTracepointArgs, raw_tracepoint};
use rex::rex_raw_tracepoint;
use rex::{Result, rex_kprobe, rex_perf_event, rex_printk};

use crate::{names, results};

static CHURNS: AtomicU64 = AtomicU64::new(0);
static NO_ROOM: AtomicU64 = AtomicU64::new(0);
static DAMAGED: AtomicU64 = AtomicU64::new(0);

fn next(random: &mut u64) -> usize {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random as usize
}

/// Allocates and checks blocks, and calls `between` while they are allocated.
fn churn(seed: u32, between: impl FnOnce()) -> Result {
    let mut random = u64::from(seed) | 1 << 40;
    let mut blocks: [Vec<u64>; 12] = Default::default();
    for block in &mut blocks {
        // Most are small, a few are larger than a page.
        let exponent = next(&mut random) % 10;
        let length = next(&mut random) % (2usize << exponent) + 1;
        if block.try_reserve_exact(length).is_err() {
            NO_ROOM.fetch_add(1, Relaxed);
            continue;
        }
        let pattern = next(&mut random) as u64;
        block.resize(length, pattern);
    }
    between();
    for block in &mut blocks {
        let first = block.first().copied().unwrap_or(0);
        if !block.iter().all(|&word| word == first) {
            DAMAGED.fetch_add(1, Relaxed);
        }
        *block = Vec::new();
    }
    CHURNS.fetch_add(1, Relaxed);
    Ok(0)
}

/// Stores the counters, and returns 0.
pub(crate) fn counts() -> core::result::Result<usize, i32> {
    results.insert(&names::CHURNS, &CHURNS.load(Relaxed))?;
    results.insert(&names::NO_ROOM, &NO_ROOM.load(Relaxed))?;
    results.insert(&names::DAMAGED, &DAMAGED.load(Relaxed))?;
    Ok(0)
}

/// Runs at a frequent event with a single argument.
#[rex_raw_tracepoint("softirq_entry")]
fn at_raw_tracepoint(obj: &raw_tracepoint, _: &RawTracepointArgs) -> Result {
    churn(obj.bpf_get_prandom_u32(), || ())
}

/// Runs at system calls; its line in the trace is another event.
#[rex_raw_tracepoint("sys_enter")]
fn with_event(obj: &raw_tracepoint, _: &RawTracepointArgs) -> Result {
    churn(obj.bpf_get_prandom_u32(), || {
        let _ = rex_printk!("churn\n");
    })
}

#[rex_kprobe]
fn at_kprobe(obj: &kprobe, _: &mut PtRegs) -> Result {
    churn(obj.bpf_get_prandom_u32(), || ())
}

#[rex_perf_event]
fn at_perf_event(obj: &perf_event, _: &bpf_perf_event_data) -> Result {
    churn(obj.bpf_get_prandom_u32(), || ())
}
