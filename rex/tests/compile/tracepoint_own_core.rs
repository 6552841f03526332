// SPDX-License-Identifier: GPL-2.0
//@ extern: impostor
//@ error: cannot index into a value of type `u64`
//! A crate that the program calls `core` does not say what type a field has.
#![no_std]
#![no_main]

extern crate impostor as core;

use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

rex::tracepoint_ctx! {
    pub struct Dup at "syscalls/sys_enter_dup" {
        pub fildes: u64,
    }
}

#[rex_tracepoint]
fn prog(_: &tracepoint<Dup>, ctx: &Dup) -> Result {
    Ok(ctx.fildes[0] as i32)
}
