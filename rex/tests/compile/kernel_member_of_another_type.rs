// SPDX-License-Identifier: GPL-2.0
//@ error: expected `u64`, found `i32`
//! A member has the type that it is declared with.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

#[kprobe]
fn prog(ctx: &mut KprobeContext) -> Result {
    let pid: u64 = read!(ctx.current::<task_struct>().pid)?;
    info!("{pid}");
    Ok(())
}
