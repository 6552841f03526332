// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! An `obj` and an event make a context of their own kind only.
#![no_std]
#![no_main]

use rex::kprobe::{ContextProgram, Function};
use rex::kretprobe::kretprobe;
use rex::prelude::*;

fn inner(ctx: &mut KprobeContext) {
    let _ = ctx.override_return(1);
}

#[rex::rex_kretprobe]
fn prog(obj: &kretprobe, regs: &mut PtRegs) -> rex::Result {
    let inner: ContextProgram<()> = inner;
    Ok(Function::call(inner, obj, regs))
}
