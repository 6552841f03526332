// SPDX-License-Identifier: GPL-2.0
//@ error: a struct with padding is not plain data
//@ edition: 2018 2021 2024
//! A macro `assert` of the program does not take the place of the compiler's.
#![no_std]
#![no_main]

macro_rules! assert {
    ($($t:tt)*) => {
        ()
    };
}

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}

#[derive(Clone, Copy, rex::Pod)]
#[repr(C)]
pub struct Padded {
    a: u8,
    b: u64,
}
