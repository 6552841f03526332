// SPDX-License-Identifier: GPL-2.0
//@ error: expected `u64`, found `Ptr<
//! An argument has the type that it is declared with.
#![no_std]
#![no_main]

use rex::kernel::file;
use rex::prelude::*;

#[fentry("vfs_read")]
fn prog(_: &mut FentryContext, file: Ptr<file>) {
    let file: u64 = file;
    info!("{file}");
}
