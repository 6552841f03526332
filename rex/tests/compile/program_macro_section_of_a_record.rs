// SPDX-License-Identifier: GPL-2.0
//@ error: cannot find function `__setup` in module
//! A program is attached to the event whose record it reads.
#![no_std]
#![no_main]

use rex::prelude::*;

fn prog(_: &mut TracepointContext<SyscallsEnterDupCtx>) {}

rex::__rex_program! {
    [context] tracepoint prog entry "prog" [section "tracepoint/syscalls/sys_enter_close"] 0u32 []
}
