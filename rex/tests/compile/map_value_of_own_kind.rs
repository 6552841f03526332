// SPDX-License-Identifier: GPL-2.0
//@ error: implementation of an `unsafe` trait
//! Programs do not say what is plain data.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

pub struct Mine(bool);

unsafe impl rex::map::MapValue for Mine {
    const LOCK_OFFSET: Option<usize> = None;
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
