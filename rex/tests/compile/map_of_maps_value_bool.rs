// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! The maps in a map have plain values, too.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexArrayOfMaps<RexArrayMap<bool>> =
    RexArrayOfMaps::with_inner(1, 0, RexArrayMap::new(1, 0));

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
