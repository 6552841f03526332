// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! A task cannot be in a static.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

use rex::task_struct::TaskStruct;

pub static KEPT: Option<TaskStruct<'static>> = None;

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
