// SPDX-License-Identifier: GPL-2.0
//@ error: type annotations needed
//! A program that makes its function one for two records gets neither.
#![no_std]
#![no_main]

use rex::prelude::*;
use rex::tracepoint::{ContextProgram, Function, tracepoint};

tracepoint_ctx! {
    pub struct Exec at "sched/sched_process_exec" {
        pub filename: DataLoc,
    }
}

impl Function<Exec> for ContextProgram<RawSyscallsEnterCtx, ()> {
    fn call(self, obj: &mut tracepoint<Exec>, event: &Exec) -> i32 {
        obj.data(&event.filename, &mut [0; 8]).len() as i32
    }
}

#[tracepoint]
fn prog(_: &mut TracepointContext<RawSyscallsEnterCtx>) {}
