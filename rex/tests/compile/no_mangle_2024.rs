// SPDX-License-Identifier: GPL-2.0
//@ error: declaration of a `no_mangle` function
//@ edition: 2018 2021 2024
//! `no_mangle` is refused, in its new form too.
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
pub extern "C" fn rex_panic() {}
