// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A held lock does not outlive the run.
#![no_std]
#![no_main]

use rex::map::*;
use rex::spinlock::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexArrayMap<SpinLocked<u64>> = RexArrayMap::new(1, 0);

pub fn f(
    obj: &tracepoint<SyscallsEnterDupCtx>,
) -> Option<rex_spinlock_guard<'static, u64>> {
    obj.bpf_map_lookup_elem(&MAP, &0)?.lock().ok()
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
