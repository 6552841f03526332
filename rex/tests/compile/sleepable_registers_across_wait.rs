// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable more than once at a time
//! The event is borrowed from the context, too.
#![no_std]
#![no_main]

use rex::prelude::*;

#[uprobe(sleepable)]
fn prog(ctx: &mut Sleepable<UprobeContext>) -> Result {
    let awake = ctx.awake();
    let regs = awake.regs();
    let _: u64 = ctx.copy_from_user(regs.rdi())?;
    info!("{}", regs.rsi());
    Ok(())
}
