// SPDX-License-Identifier: GPL-2.0
//@ error: allow(unsafe_code) incompatible with previous forbid
//@ edition: 2018 2021 2024
//! A part of the program cannot allow itself unsafe code.
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

#[allow(unsafe_code)]
pub fn read(pointer: *const u8) -> u8 {
    unsafe { *pointer }
}
