// SPDX-License-Identifier: GPL-2.0
//@ error: it is reserved
//! A map cannot take the place of `bpf_jiffies64`.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static bpf_jiffies64: RexArrayMap<u64> = RexArrayMap::new(1, 0);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
