// SPDX-License-Identifier: GPL-2.0
//@ error: access to union field is unsafe
//@ edition: 2018 2021 2024
//! A union does not turn numbers into references.
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

pub union Bits {
    address: usize,
    reference: &'static u64,
}

pub fn read(address: usize) -> u64 {
    *Bits { address }.reference
}
