// SPDX-License-Identifier: GPL-2.0
//@ error: a struct with padding is not plain data
//! Padding at the end would hand out what was on the stack, too.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Pod, Result, rex_tracepoint};

#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub struct Padded(u32, u8);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
