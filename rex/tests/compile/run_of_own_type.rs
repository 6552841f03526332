// SPDX-License-Identifier: GPL-2.0
//@ error: implementation of an `unsafe` trait
//! Programs make no `obj` of their own.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

pub struct Mine;

unsafe impl rex::Run for Mine {}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
