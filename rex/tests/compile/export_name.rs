// SPDX-License-Identifier: GPL-2.0
//@ error: declaration of a function with `export_name`
//@ edition: 2018 2021 2024
//! `export_name` is refused.
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

#[unsafe(export_name = "memcpy")]
pub extern "C" fn f() {}
