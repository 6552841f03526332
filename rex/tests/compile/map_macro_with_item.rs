// SPDX-License-Identifier: GPL-2.0
//@ error: no rules expected
//@ edition: 2018 2021 2024
//! The macro under `rex_map` makes a symbol of nothing but the map.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}

rex::__rex_map! {
    [] pub static memcpy: [u64; 6] = [0; 6];
    static MAP [RexArrayMap<u32>] [RexArrayMap::new(1, 0)]
}
