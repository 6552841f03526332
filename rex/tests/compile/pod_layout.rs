// SPDX-License-Identifier: GPL-2.0
//@ error: add #[repr(C)]
//! The layout has to be fixed.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Pod, Result, rex_tracepoint};

#[derive(Clone, Copy, Pod)]
pub struct Bad(u32);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
