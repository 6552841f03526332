// SPDX-License-Identifier: GPL-2.0
//@ error: SpinLocked` are private
//! There are no locks outside of maps.
#![no_std]
#![no_main]

use rex::map::*;
use rex::spinlock::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

pub const VALUE: SpinLocked<u64> = SpinLocked {
    lock: 0,
    _padding: 0,
    value: 1,
};

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
