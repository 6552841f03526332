// SPDX-License-Identifier: GPL-2.0
//@ error: declaration of a static with `link_section`
//@ edition: 2018 2021
//! `link_section` is refused.
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

#[link_section = ".rex.progs"]
pub static DATA: [u8; 4] = [0; 4];
