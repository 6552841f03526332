// SPDX-License-Identifier: GPL-2.0
//! Hostile acts in safe Rust. A test selects the act, its thread and its CPU:
//! see `acts`.
#![no_std]
#![no_main]

mod acts;

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::tracepoint::*;
use rex::{Result, rex_kprobe, rex_tracepoint};

/// Performs any act of this crate.
fn perform_any(act: u64, obj: &dyn acts::Kernel) -> bool {
    acts::perform(act, obj)
}

#[rex_tracepoint]
fn at_tracepoint(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    _: &SyscallsEnterDupCtx,
) -> Result {
    acts::on_event(obj)
}

#[rex_tracepoint]
fn at_any_syscall(
    obj: &tracepoint<RawSyscallsEnterCtx>,
    _: &RawSyscallsEnterCtx,
) -> Result {
    acts::on_event(obj)
}

#[rex_kprobe]
fn at_kprobe(obj: &kprobe, _: &mut PtRegs) -> Result {
    acts::on_event(obj)
}
