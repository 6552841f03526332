// SPDX-License-Identifier: GPL-2.0
//@ error: large_frame::fills takes 80
//! A function with more than 4 KB of local variables is refused by name.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[inline(never)]
fn fills(byte: u8) -> u8 {
    let array = core::hint::black_box([byte; 8000]);
    array[usize::from(byte)]
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    Ok(fills(ctx.fildes as u8).into())
}
