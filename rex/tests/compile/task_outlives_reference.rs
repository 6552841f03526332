// SPDX-License-Identifier: GPL-2.0
//@ error: cannot return value referencing local variable `owned`
//! The fields of a task do not outlive the reference to it.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

use rex::task_struct::{OwnedTaskStruct, TaskStruct};

pub fn f() -> Option<&'static TaskStruct<'static>> {
    let owned = OwnedTaskStruct::from_pid(1)?;
    Some(&*owned)
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    Ok(0)
}
