// SPDX-License-Identifier: GPL-2.0
//@ error: the feature `core_intrinsics` is not in the list of allowed features
//@ edition: 2018 2021 2024
//! Unstable features are refused: many are as good as unsafe code.
#![feature(core_intrinsics)]
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
