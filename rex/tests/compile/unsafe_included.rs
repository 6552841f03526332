// SPDX-License-Identifier: GPL-2.0
//@ error: usage of an `unsafe` block
//@ edition: 2018 2021 2024
//! A file that is included is the program's, wherever it is.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

include!("extern/reads.rs");

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
