// SPDX-License-Identifier: GPL-2.0
//! Declares the string that newer kernels have in the record of a system call,
//! for tracefs only.
#![no_std]
#![no_main]

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

rex::tracepoint_ctx! {
    /// A file is opened.
    struct Open at "syscalls/sys_enter_openat" {
        filename: DataLoc from "__filename_val",
    }
}

#[rex_tracepoint]
fn on_open(_: &tracepoint<Open>, ctx: &Open) -> Result {
    Ok(ctx.filename.len() as i32)
}
