// SPDX-License-Identifier: GPL-2.0
//@ error: use of mutable static is unsafe
//@ edition: 2018 2021 2024
//! A mutable static cannot be used.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}

static mut COUNT: u64 = 0;

pub fn f() -> u64 {
    COUNT
}
