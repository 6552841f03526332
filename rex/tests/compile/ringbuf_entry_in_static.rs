// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! A reserved record cannot be in a static.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static RING: RexRingBuf = RexRingBuf::new(4096, 0);

pub static KEPT: Option<RexRingBufEntry<'static>> = None;

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
