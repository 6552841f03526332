// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! The macro under the derive looks at fields, not at what they deref to.
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
    a: &'static u64,
}

rex::__rex_pod! { Bad { a } }
