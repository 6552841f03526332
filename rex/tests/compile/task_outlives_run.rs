// SPDX-License-Identifier: GPL-2.0
//@ error: lifetime may not live long enough
//! A task does not outlive the run.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

use rex::task_struct::TaskStruct;

pub fn f(obj: &tracepoint<SyscallsEnterDupCtx>) -> Option<TaskStruct<'static>> {
    obj.bpf_get_current_task()
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
