// SPDX-License-Identifier: GPL-2.0
//@ error: borrowed data escapes outside of function
//! An argument is the run's.
#![no_std]
#![no_main]

use rex::kernel::file;
use rex::prelude::*;

#[fentry("vfs_read")]
fn prog(_: &mut FentryContext, file: Ptr<'static, file>) {
    info!("{file:?}");
}
