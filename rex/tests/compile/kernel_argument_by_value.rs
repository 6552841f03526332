// SPDX-License-Identifier: GPL-2.0
//@ error: `path` is passed by `Ptr<path>`
//! A struct is passed by a pointer.
#![no_std]
#![no_main]

use rex::kernel::{file, path};
use rex::prelude::*;

#[fentry("vfs_open")]
fn prog(_: &mut FentryContext, _: path) {}
