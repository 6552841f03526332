// SPDX-License-Identifier: GPL-2.0
//@ error: only structs can be plain data
//! Unions are not plain data.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Pod, Result, rex_tracepoint};

#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub union Bad {
    a: u32,
    b: f32,
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
