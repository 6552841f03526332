// SPDX-License-Identifier: GPL-2.0
//@ error: usage of an `unsafe` block
//@ edition: 2018 2021 2024
//! Unsafe blocks are refused, in every edition.
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

pub fn read(pointer: *const u8) -> u8 {
    unsafe { *pointer }
}
