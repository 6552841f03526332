// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! The copyable part of a context cannot be in a static, even in a lock.
#![no_std]
#![no_main]

use rex::prelude::*;

pub static KEPT: TryLock<Option<Context<'static>>> = TryLock::new(None);

#[kprobe]
fn prog(_: &mut KprobeContext) {}
