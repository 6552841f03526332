// SPDX-License-Identifier: GPL-2.0
//@ error: does not live long enough
//! The value of a lock cannot be used without the lock.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::sync::TryLock;
use rex::{Result, rex_kprobe};

static LOCK: TryLock<u32> = TryLock::new(0);

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    let value: &mut u32 = {
        let Some(mut guard) = LOCK.try_lock() else {
            return Ok(0);
        };
        &mut guard
    };
    *value += 1;
    Ok(0)
}
