// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A program at the entry of a function has no return value.
#![no_std]
#![no_main]

use rex::prelude::*;

#[fentry("vfs_read")]
fn prog(ctx: &mut FexitContext) {
    info!("{}", ctx.return_value());
}
