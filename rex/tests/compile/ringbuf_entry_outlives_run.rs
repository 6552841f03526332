// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A reserved record does not outlive the run.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static RING: RexRingBuf = RexRingBuf::new(4096, 0);

pub fn f(
    obj: &tracepoint<SyscallsEnterDupCtx>,
) -> Option<RexRingBufEntry<'static>> {
    RING.reserve(obj, 8)
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
