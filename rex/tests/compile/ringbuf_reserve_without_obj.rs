// SPDX-License-Identifier: GPL-2.0
//@ error: is not an `obj`, the first argument of a program
//! A record belongs to a run.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static RING: RexRingBuf = RexRingBuf::new(4096, 0);

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    let _ = (obj, RING.reserve(&8, 8));
    Ok(0)
}
