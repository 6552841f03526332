// SPDX-License-Identifier: GPL-2.0
//! Programs at a system call read memory of the process before and after it. The call has one
//! argument: the address of the process's registers.
#![no_std]
#![no_main]

use rex::prelude::*;

/// Where `struct pt_regs` has %rsi, the second argument of the process.
const RSI: u64 = 104;

#[fentry("__x64_sys_write", sleepable)]
fn before(ctx: &mut Sleepable<FentryContext>) -> Result {
    let awake = ctx.awake();
    let registers = awake.arg(0).ok_or(Errno::EINVAL)?;
    let address: u64 = awake.read_kernel(registers + RSI)?;
    let _: u64 = ctx.copy_from_user(address)?;
    Ok(())
}

#[fexit("__x64_sys_write", sleepable)]
fn after(ctx: &mut Sleepable<FexitContext>) -> Result {
    let awake = ctx.awake();
    let registers = awake.arg(0).ok_or(Errno::EINVAL)?;
    let address: u64 = awake.read_kernel(registers + RSI)?;
    let word: u64 = ctx.copy_from_user(address)?;
    info!("{} of {}", ctx.awake().return_value(), word);
    Ok(())
}
