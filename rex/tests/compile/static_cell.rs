// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//@ edition: 2018 2021 2024
//! Runs on all CPUs see a static: what is in it can be shared.
#![no_std]
#![no_main]

use core::cell::Cell;

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

static COUNT: Cell<u64> = Cell::new(0);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    COUNT.set(COUNT.get() + 1);
    Ok(0)
}
