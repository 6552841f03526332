// SPDX-License-Identifier: GPL-2.0
//@ error: declaration of an `unsafe` function
//@ edition: 2018 2021 2024
//! Unsafe functions are refused.
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

pub unsafe fn read(_: *const u8) {}
