// SPDX-License-Identifier: GPL-2.0
//@ error: cannot move out of `record` because it is borrowed
//! A program writes nothing to a record after its submission.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static RING: RexRingBuf = RexRingBuf::new(4096, 0);

#[rex_tracepoint]
fn prog(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    let mut record = RING.reserve(obj, 8).ok_or(-1)?;
    let bytes = &mut record[..];
    record.submit(0);
    bytes[0] = 1;
    Ok(0)
}
