// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! An enum has bit patterns without meaning.
#![no_std]
#![no_main]

use rex::map::*;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[derive(Clone, Copy)]
#[repr(u32)]
pub enum Color {
    Red,
    Green,
}

#[rex_map]
static MAP: RexHashMap<u32, Color> = RexHashMap::new(1, 0);

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
