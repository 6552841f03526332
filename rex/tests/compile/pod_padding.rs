// SPDX-License-Identifier: GPL-2.0
//@ error: a struct with padding is not plain data
//! Padding would hand out what was on the stack.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Pod, Result, rex_tracepoint};

#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub struct Padded {
    a: u8,
    b: u32,
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
