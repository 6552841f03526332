// SPDX-License-Identifier: GPL-2.0
//! Programs at functions read memory of the process before and after the function.
#![no_std]
#![no_main]

use rex::prelude::*;

#[fentry("__x64_sys_write", sleepable)]
fn before(ctx: &mut Sleepable<FentryContext>) -> Result {
    let address = ctx.awake().arg(0).unwrap_or(0);
    let _: u64 = ctx.copy_from_user(address)?;
    Ok(())
}

#[fexit("__x64_sys_write", sleepable)]
fn after(ctx: &mut Sleepable<FexitContext>) -> Result {
    let address = ctx.awake().arg(0).unwrap_or(0);
    let word: u64 = ctx.copy_from_user(address)?;
    info!("{} of {}", ctx.awake().return_value(), word);
    Ok(())
}
