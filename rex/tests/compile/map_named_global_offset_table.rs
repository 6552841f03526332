// SPDX-License-Identifier: GPL-2.0
//@ error: it is reserved
//! A map is no table of the compiler.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static _GLOBAL_OFFSET_TABLE_: RexArrayMap<u64> = RexArrayMap::new(1, 0);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
