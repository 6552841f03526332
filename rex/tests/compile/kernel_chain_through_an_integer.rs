// SPDX-License-Identifier: GPL-2.0
//@ error: `i32` leads to no member
//! An integer has no members.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

#[kprobe]
fn prog(ctx: &mut KprobeContext) -> Result {
    info!("{}", read!(ctx.current::<task_struct>().pid.pid)?);
    Ok(())
}
