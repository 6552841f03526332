// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be sent between threads safely
//! A static has no pointer into the kernel, even under a lock.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

static TASK: TryLock<Option<Ptr<'static, task_struct>>> = TryLock::new(None);

#[kprobe]
fn prog(_: &mut KprobeContext) {}
