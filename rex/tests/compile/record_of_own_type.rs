// SPDX-License-Identifier: GPL-2.0
//@ error: the trait `TracepointRecord` requires an `unsafe impl` declaration
//! The layout of records is not for programs to say.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[derive(Clone, Copy)]
pub struct Huge([u64; 4096]);

impl TracepointContext for Huge {
    const SECTION: &'static str = "tracepoint/syscalls/sys_enter_dup";
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
