// SPDX-License-Identifier: GPL-2.0
//@ error: declaration of a `no_mangle` static
//@ edition: 2018 2021 2024
//! `no_mangle` on a static is refused.
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

#[unsafe(no_mangle)]
pub static memcpy: u64 = 0;
