// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! Where a function is entered there is no return value.
#![no_std]
#![no_main]

use rex::prelude::*;

#[fentry("vfs_read")]
fn prog(ctx: &mut FexitContext) {
    info!("{}", ctx.return_value());
}
