// SPDX-License-Identifier: GPL-2.0
//@ error: Keyed` is not satisfied
//! A queue has no keys.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static QUEUE: RexQueue<u64> = RexQueue::new(1, 0);

pub fn f(obj: &tracepoint<SyscallsEnterDupCtx>) -> bool {
    obj.bpf_map_lookup_elem(&QUEUE, &()).is_none()
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
