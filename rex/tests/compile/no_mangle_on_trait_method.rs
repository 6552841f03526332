// SPDX-License-Identifier: GPL-2.0
//@ error: no_mangle_on_trait_method.rs:
//@ error: `#[no_mangle]`
//@ edition: 2018 2021 2024
//! `no_mangle` on a method of a trait is refused.
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

pub trait Memory {
    #[unsafe(no_mangle)]
    extern "C" fn memcpy(to: u64, _from: u64, _n: u64) -> u64 {
        to
    }
}

pub struct S;

impl Memory for S {}
