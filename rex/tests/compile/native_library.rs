// SPDX-License-Identifier: GPL-2.0
//@ error: `#[link]`
//@ edition: 2018 2021
//! Native libraries are not linked.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}

#[link(name = "gcc", kind = "dylib")]
extern "C" {}
