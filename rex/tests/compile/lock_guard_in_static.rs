// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! A taken lock is the run's that took it.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::sync::{TryLock, TryLockGuard};
use rex::{Result, rex_kprobe};

pub static KEPT: TryLock<Option<TryLockGuard<'static, u32>>> =
    TryLock::new(None);

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
