// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! A field of a record whose bytes are behind it is not kept for another run.
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
