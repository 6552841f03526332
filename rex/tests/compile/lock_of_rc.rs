// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! Two CPUs would count the references of one `Rc` at the same time.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::rc::Rc;

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::sync::TryLock;
use rex::{Result, rex_kprobe};

pub static KEPT: TryLock<Option<Rc<u32>>> = TryLock::new(None);

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
