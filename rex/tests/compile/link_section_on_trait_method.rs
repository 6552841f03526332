// SPDX-License-Identifier: GPL-2.0
//@ error: link_section_on_trait_method.rs:
//@ error: `#[link_section]`
//@ edition: 2018 2021 2024
//! `link_section` is refused even where the linker would not mind.
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

pub trait Section {
    #[unsafe(link_section = ".text.unlikely")]
    fn f() -> u32 {
        7
    }
}

pub struct S;

impl Section for S {}
