// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! A map in a static keeps nothing of a run: no `obj`.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::boxed::Box;
use rex::bounded::BoundedMap;
use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::sync::TryLock;
use rex::{Result, rex_kprobe};

type Clock = Box<dyn Fn() -> u64 + Send>;

static CLOCKS: TryLock<BoundedMap<u32, Clock>> =
    TryLock::new(BoundedMap::new(4));

#[rex_kprobe]
fn prog(obj: &kprobe, _: &mut PtRegs) -> Result {
    let clock: Clock = Box::new(move || obj.bpf_ktime_get_ns());
    CLOCKS.try_lock().ok_or(-1)?.get_or_insert(1, clock);
    Ok(0)
}
