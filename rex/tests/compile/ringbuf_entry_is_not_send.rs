// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! A reserved record does not go to another CPU.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static RING: RexRingBuf = RexRingBuf::new(4096, 0);

fn send<T: Send>(_: T) {}

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    send(RING.reserve(obj, 8));
    Ok(0)
}
