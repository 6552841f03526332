// SPDX-License-Identifier: GPL-2.0
//@ error: implementation of an `unsafe` trait
//@ edition: 2018 2021 2024
//! Implementing an unsafe trait is refused.
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
struct Bad(bool);

unsafe impl rex::Pod for Bad {}
