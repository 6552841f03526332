// SPDX-License-Identifier: GPL-2.0
//@ error: no field `pdi` on type `rex::kernel::task_struct`
//@ error: a field with a similar name exists
//! A member that is not declared cannot be read.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

#[kprobe]
fn prog(ctx: &mut KprobeContext) -> Result {
    info!("{}", read!(ctx.current::<task_struct>().pdi)?);
    Ok(())
}
