// SPDX-License-Identifier: GPL-2.0
//@ error: access to union field is unsafe
//! The macro under the derive refuses unions of other things.
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
pub union Bad {
    a: u32,
    b: bool,
}

rex::__rex_pod! { Bad { a } }
