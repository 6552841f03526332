// SPDX-License-Identifier: GPL-2.0
//@ error: expected struct, variant or union type, found enum `Bad`
//! The macro under the derive refuses enums.
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
pub enum Bad {
    A { a: u32 },
}

rex::__rex_pod! { Bad { a } }
