// SPDX-License-Identifier: GPL-2.0
//@ error: does not live long enough
//! The bytes of a record are gone when it is submitted or dropped.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static RING: RexRingBuf = RexRingBuf::new(4096, 0);

pub fn f(obj: &tracepoint<SyscallsEnterDupCtx>) -> Option<u8> {
    let bytes = {
        let record = RING.reserve(obj, 8)?;
        &record[..]
    };
    bytes.first().copied()
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
