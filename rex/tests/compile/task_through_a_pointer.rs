// SPDX-License-Identifier: GPL-2.0
//@ error: dereference of raw pointer is unsafe
//! A pointer in a static leads nowhere: what it pointed to went with its run.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::boxed::Box;
use core::sync::atomic::{AtomicPtr, Ordering::Relaxed};
use rex::prelude::*;

static TASK: AtomicPtr<OwnedTask> = AtomicPtr::new(core::ptr::null_mut());

#[kprobe]
fn prog(_: &mut KprobeContext) {
    let before = TASK.load(Relaxed);
    if let Some(task) = OwnedTask::from_pid(1) {
        TASK.store(Box::into_raw(Box::new(task)), Relaxed);
    }
    if !before.is_null() && (*before).pid() == 1 {
        TASK.store(before, Relaxed);
    }
}
