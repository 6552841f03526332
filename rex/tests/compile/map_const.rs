// SPDX-License-Identifier: GPL-2.0
//@ error: a map is a static
//! A map is a static.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
const MAP: RexArrayMap<u64> = RexArrayMap::new(1, 0);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
