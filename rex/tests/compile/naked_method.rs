// SPDX-License-Identifier: GPL-2.0
//@ error: use of unstable library feature `rex_naked`
//@ edition: 2018 2021 2024
//! Naked methods are refused.
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
    #[unsafe(naked)]
    pub extern "C" fn f() {
        core::arch::naked_asm!("cli")
    }
}
