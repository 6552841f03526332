// SPDX-License-Identifier: GPL-2.0
//@ error: missing field `b`
//! The macro under the derive checks that all fields are named.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}

#[derive(Clone, Copy)]
pub struct Bad {
    a: u32,
    b: bool,
}

rex::__rex_pod! { Bad { a } }
