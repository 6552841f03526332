// SPDX-License-Identifier: GPL-2.0
//@ error: no generic parameters
//! No generic parameters: the check of padding needs the type.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Pod, Result, rex_tracepoint};

#[derive(Clone, Copy, Pod)]
#[repr(C)]
pub struct Bad<T>(T);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
