// SPDX-License-Identifier: GPL-2.0
//@ error: no rules expected `::`
//@ edition: 2018 2021 2024
//! A path that begins as an attribute of the language may be a macro of a crate.
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
    [#[allow::apply(take)]]
    static MAP [RexArrayMap<u32>] [RexArrayMap::new(1, 0)]
}
