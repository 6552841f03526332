// SPDX-License-Identifier: GPL-2.0
//@ error: this attribute cannot follow rex_map
//! No macro gets to see what `rex_map` makes.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
#[rex_map]
static MAP: RexArrayMap<u64> = RexArrayMap::new(1, 0);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
