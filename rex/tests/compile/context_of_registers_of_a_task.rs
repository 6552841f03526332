// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow data in dereference of `UserRegs` as mutable
//! A copy of registers is no event: nothing is overridden in it.
#![no_std]
#![no_main]

use rex::kprobe::kprobe as Obj;
use rex::prelude::*;

#[rex::rex_kprobe]
fn prog(obj: &Obj, _: &mut PtRegs) -> rex::Result {
    let task = obj.bpf_get_current_task().ok_or(-3)?;
    let mut regs = task.user_regs().ok_or(-3)?;
    Ok(obj.bpf_override_return(&mut *regs, 1))
}
