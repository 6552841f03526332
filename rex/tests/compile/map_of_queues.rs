// SPDX-License-Identifier: GPL-2.0
//@ error: the trait bound `MapType<22>: Keyed` is not satisfied
//! Only maps with keys are in maps.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexArrayOfMaps<RexQueue<u64>> =
    RexArrayOfMaps::with_inner(1, 0, RexQueue::new(1, 0));

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
