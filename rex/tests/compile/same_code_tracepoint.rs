// SPDX-License-Identifier: GPL-2.0
//@ code: same_code_tracepoint_obj
//! A program that does nothing has the code of one with two arguments.
#![no_std]
#![no_main]

use rex::prelude::*;

#[tracepoint]
fn prog(_: &mut TracepointContext<SyscallsEnterDupCtx>) {}
