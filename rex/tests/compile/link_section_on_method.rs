// SPDX-License-Identifier: GPL-2.0
//@ error: link_section_on_method.rs:
//@ error: `#[link_section]`
//@ edition: 2018 2021 2024
//! The lint does not see this; the wrapper does, and so does the linker.
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

pub struct S;

impl S {
    #[unsafe(link_section = ".rex.progs")]
    #[inline(never)]
    pub fn f() -> u32 {
        core::hint::black_box(7)
    }
}

#[rex_tracepoint]
fn calls(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(S::f() as i32)
}
