// SPDX-License-Identifier: GPL-2.0
//@ error: call to unsafe function
//@ edition: 2018 2021
//! A function of the kernel cannot be called without `unsafe`.
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
    panic()
}
