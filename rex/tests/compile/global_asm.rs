// SPDX-License-Identifier: GPL-2.0
//@ error: usage of `core::arch::global_asm`
//@ edition: 2018 2021 2024
//! Assembly is refused.
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

core::arch::global_asm!("cli");
