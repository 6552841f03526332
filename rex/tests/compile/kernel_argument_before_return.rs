// SPDX-License-Identifier: GPL-2.0
//@ error: no function has returned yet
//! There is no result at the entry.
#![no_std]
#![no_main]

use rex::kernel::{file, path};
use rex::prelude::*;

#[fentry("vfs_read")]
fn prog(_: &mut FentryContext, ret: i64) {}
