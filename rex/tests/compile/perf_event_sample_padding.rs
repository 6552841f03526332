// SPDX-License-Identifier: GPL-2.0
//@ error: a struct with padding is not plain data
//! Padding would show what was on the stack.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Pod, Result, rex_map, rex_tracepoint};

#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Sample {
    small: u32,
    large: u64,
}

#[rex_map]
static MAP: RexPerfEventArray<Sample> = RexPerfEventArray::new(0, 0);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
