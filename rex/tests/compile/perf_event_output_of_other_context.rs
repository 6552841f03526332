// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A sample is written with the event of the run.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexPerfEventArray<u64> = RexPerfEventArray::new(0, 0);

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    MAP.output(obj, &1, &1, PerfEventMaskedCPU::current_cpu())
}
