// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow data in dereference of `UserRegs` as mutable
//! A copy of registers is no event: nothing is overridden in it.
#![no_std]
#![no_main]

use rex::kprobe::{ContextProgram, Function, kprobe as Obj};
use rex::prelude::*;

fn inner(ctx: &mut KprobeContext) {
    let _ = ctx.override_return(1);
}

#[rex::rex_kprobe]
fn prog(obj: &Obj, _: &mut PtRegs) -> rex::Result {
    let task = obj.bpf_get_current_task().ok_or(-3)?;
    let mut regs = task.user_regs().ok_or(-3)?;
    let inner: ContextProgram<()> = inner;
    Ok(Function::call(inner, obj, &mut *regs))
}
