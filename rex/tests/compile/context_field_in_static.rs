// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! A field of variable length borrows from the record: a static cannot keep it.
#![no_std]
#![no_main]

use rex::prelude::*;

tracepoint_ctx! {
    pub struct Exec at "sched/sched_process_exec" {
        pub filename: DataLoc,
    }
}

static KEPT: TryLock<Option<Exec>> = TryLock::new(None);

#[tracepoint]
fn prog(ctx: &mut TracepointContext<Exec>) {
    if let Some(mut kept) = KEPT.try_lock() {
        *kept = Some(*ctx.event());
    }
}
