// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! A task that was looked up cannot be in a static.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

use rex::task_struct::OwnedTaskStruct;

pub static KEPT: Option<OwnedTaskStruct> = None;

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
