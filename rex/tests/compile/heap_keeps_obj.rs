// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of
//! A box that outlives a run cannot hold an `obj`.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::sync::TryLock;
use rex::{Result, rex_kprobe};

static KEPT: TryLock<Vec<&'static PtRegs>> = TryLock::new(Vec::new());

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    if let Some(mut kept) = KEPT.try_lock() {
        kept.push(regs);
    }
    Ok(0)
}
