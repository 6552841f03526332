// SPDX-License-Identifier: GPL-2.0
//@ error: `rex::kernel::Ptr<'static, rex::kernel::task_struct>` is not plain data
//@ error: keep its address, `ptr.addr()`
//! A map has no pointer into the kernel: its address is a number, `addr()`.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

#[map]
static TASKS: HashMap<u32, Ptr<'static, task_struct>> =
    HashMap::with_max_entries(10);

#[kprobe]
fn prog(_: &mut KprobeContext) {}
