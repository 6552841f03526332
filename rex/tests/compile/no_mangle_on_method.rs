// SPDX-License-Identifier: GPL-2.0
//@ error: declaration of a `no_mangle` method
//@ edition: 2018 2021 2024
//! `no_mangle` on a method is refused.
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

pub struct S;

impl S {
    #[unsafe(no_mangle)]
    pub extern "C" fn rex_panic() {}
}
