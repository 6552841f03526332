// SPDX-License-Identifier: GPL-2.0
//! Counts calls of functions of the kernel, by the address of the function.
#![no_std]
#![no_main]

use rex::prelude::*;

/// Calls by this process only, unless it is 0.
#[config]
static PROCESS: Config<u32> = Config::new(0);

/// Each CPU has counters of its own, which nothing else changes.
#[map]
static CALLS: PerCpuHashMap<u64, u64> = PerCpuHashMap::with_max_entries(65536);

/// funccount says which functions.
#[kprobe]
fn on_call(ctx: &mut KprobeContext) -> Result {
    let process = PROCESS.get();
    if process != 0 && process != ctx.tgid() {
        return Ok(());
    }
    let function = ctx.function().ok_or(Errno::ENOENT)?;
    if let Some(calls) = CALLS.lookup(ctx, function) {
        calls.update(|calls| *calls += 1);
        return Ok(());
    }
    CALLS.insert(function, 1)
}
