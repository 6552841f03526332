// SPDX-License-Identifier: GPL-2.0
//@ error: `?` goes after the macro
//! The macro's result is one.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

#[kprobe]
fn prog(ctx: &mut KprobeContext) -> Result {
    info!("{}", read!(ctx.current::<task_struct>().real_parent?.pid));
    Ok(())
}
