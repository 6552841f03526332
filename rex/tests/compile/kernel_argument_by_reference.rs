// SPDX-License-Identifier: GPL-2.0
//@ error: no argument is a reference
//! No argument is a reference.
#![no_std]
#![no_main]

use rex::kernel::{file, path};
use rex::prelude::*;

#[fentry("vfs_open")]
fn prog(_: &mut FentryContext, _: &path) {}
