// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! The event is that of the tracepoint.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterOpenCtx,
) -> Result {
    Ok(0)
}
