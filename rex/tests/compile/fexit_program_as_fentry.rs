// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! At the entry of a function there is no return value.
#![no_std]
#![no_main]

use rex::fexit::{FexitArgs, fexit};

#[rex::rex_fentry("vfs_read")]
fn prog(_: &fexit, ctx: &FexitArgs<'_>) -> rex::Result {
    Ok(ctx.return_value() as i32)
}
