// SPDX-License-Identifier: GPL-2.0
//@ error: cannot find function `__setup_at_event` in module
//! A program that gets registers is not attached to a tracepoint.
#![no_std]
#![no_main]

use rex::prelude::*;

fn prog(_: &mut KprobeContext) {}

rex::__rex_program! {
    [context] kprobe prog entry "prog" [event "sched_switch"] 0u32 []
}
