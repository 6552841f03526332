// SPDX-License-Identifier: GPL-2.0
//! Hostile acts in safe Rust. Which one is performed, for which thread and on
//! which CPU, is up to a test: see `acts`.
#![no_std]
#![no_main]

mod acts;

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::tracepoint::*;
use rex::{Result, rex_kprobe, rex_tracepoint};

#[rex_tracepoint]
fn at_tracepoint(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    acts::on_event(obj, acts::perform)
}

#[rex_tracepoint]
fn at_any_syscall(
    obj: &tracepoint<RawSyscallsEnterCtx>,
    _: &RawSyscallsEnterCtx,
) -> Result {
    acts::on_event(obj, acts::perform)
}

#[rex_kprobe]
fn at_kprobe(obj: &kprobe, _: &mut PtRegs) -> Result {
    acts::on_event(obj, acts::perform)
}
