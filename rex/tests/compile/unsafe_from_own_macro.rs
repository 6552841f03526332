// SPDX-License-Identifier: GPL-2.0
//@ error: usage of an `unsafe` block
//@ edition: 2018 2021 2024
//! A macro of the program cannot contain unsafe code.
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

macro_rules! read {
    ($pointer:expr) => {
        unsafe { *$pointer }
    };
}

pub fn read(pointer: *const u8) -> u8 {
    read!(pointer)
}
