// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! An `obj` belongs to a run: it does not go to another CPU.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

fn send<T: Send>(_: T) {}

#[rex_kprobe]
fn prog(obj: &kprobe, _: &mut PtRegs) -> Result {
    send(obj);
    Ok(0)
}
