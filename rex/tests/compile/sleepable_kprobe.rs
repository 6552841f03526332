// SPDX-License-Identifier: GPL-2.0
//@ error: unknown argument `sleepable`; there are: function, timeout_ms, default_ret
//! The kernel has no kprobes that sleep.
#![no_std]
#![no_main]

use rex::prelude::*;

#[kprobe("do_exit", sleepable)]
fn prog(_: &mut KprobeContext) {}
