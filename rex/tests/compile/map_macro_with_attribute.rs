// SPDX-License-Identifier: GPL-2.0
//@ error: no rules expected identifier `inline`
//@ edition: 2018 2021 2024
//! The macro under `rex_map` takes no attributes that may be macros.
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
    [#[inline]]
    static MAP [RexArrayMap<u32>] [RexArrayMap::new(1, 0)]
}
