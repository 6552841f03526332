// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! A reference is no prefix.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexLpmTrie<&'static u32, u64> = RexLpmTrie::new(1, 0);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
