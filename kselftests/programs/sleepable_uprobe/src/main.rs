// SPDX-License-Identifier: GPL-2.0
//! A sleepable program whose attribute says where it is attached.
#![no_std]
#![no_main]

use rex::prelude::*;

#[uprobe(path = "/rex/kselftests/tracing", function = "probed", sleepable)]
fn on_call(ctx: &mut Sleepable<UprobeContext>) -> Result {
    let address = ctx.awake().regs().rdi();
    let _: u64 = ctx.copy_from_user(address)?;
    Ok(())
}
