// SPDX-License-Identifier: GPL-2.0
//@ code: same_code_tracepoint_obj
//! So has one that does nothing: a run costs the same.
#![no_std]
#![no_main]

use rex::prelude::*;

#[tracepoint]
fn prog(_: &mut TracepointContext<SyscallsEnterDupCtx>) {}
