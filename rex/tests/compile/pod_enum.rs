// SPDX-License-Identifier: GPL-2.0
//@ error: only structs can be plain data
//! Enums are not plain data.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Pod, Result, rex_tracepoint};

#[derive(Clone, Copy, Pod)]
#[repr(u32)]
pub enum Bad {
    A,
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
