// SPDX-License-Identifier: GPL-2.0
//@ error: function `new` is private
//! Only a context makes a pointer into the kernel.
#![no_std]
#![no_main]

use rex::kernel::task_struct;
use rex::prelude::*;

#[kprobe]
fn prog(_: &mut KprobeContext) {
    let task = Ptr::<task_struct>::new(1);
    info!("{task:?}");
}
