// SPDX-License-Identifier: GPL-2.0
//@ error: cannot find function `__setup` in module
//! The number of arguments is looked up for the event that the program is attached to.
#![no_std]
#![no_main]

use rex::prelude::*;

fn prog(_: &mut RawTracepointContext) {}

rex::__rex_program! {
    [context] raw_tracepoint prog entry "prog" [section "raw_tp/sched_switch"] 0u32 []
}
