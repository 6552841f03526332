// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! A held lock cannot be in a static.
#![no_std]
#![no_main]

use rex::map::*;
use rex::spinlock::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static MAP: RexArrayMap<SpinLocked<u64>> = RexArrayMap::new(1, 0);

pub static KEPT: Option<rex_spinlock_guard<'static, u64>> = None;

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
