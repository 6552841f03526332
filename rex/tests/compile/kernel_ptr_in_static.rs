// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! A pointer into the kernel is the run's: no static has one.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

static TASK: Option<Ptr<'static, task_struct>> = None;

#[kprobe]
fn prog(_: &mut KprobeContext) {}
