// SPDX-License-Identifier: GPL-2.0
//@ error: usage of an `unsafe` block
//@ edition: 2018 2021
//! Calling a function of the kernel is refused.
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

extern "C" {
    fn panic();
}

pub fn f() {
    unsafe { panic() }
}
