// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! A struct with a bool is not plain data.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Pod, Result, rex_tracepoint};

#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub struct Bad {
    a: u32,
    b: [bool; 4],
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
