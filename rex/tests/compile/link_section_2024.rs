// SPDX-License-Identifier: GPL-2.0
//@ error: declaration of a function with `link_section`
//@ edition: 2018 2021 2024
//! `link_section` is refused, in its new form too.
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

#[unsafe(link_section = ".text")]
pub fn f() {}
