// SPDX-License-Identifier: GPL-2.0
//@ extern: impostor
//@ error: it is reserved
//! A crate that the program calls `core` does not say what a map is called.
#![no_std]
#![no_main]

extern crate impostor as core;

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
    [] static memcpy [RexArrayMap<u32>] [RexArrayMap::new(1, 0)]
}
