// SPDX-License-Identifier: GPL-2.0
//@ error: the feature `rex_naked` is not in the list of allowed features
//! The feature that it would take cannot be had.
#![feature(rex_naked)]
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

#[unsafe(naked)]
pub extern "C" fn f() {
    core::arch::naked_asm!("cli")
}
