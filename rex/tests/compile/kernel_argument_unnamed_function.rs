// SPDX-License-Identifier: GPL-2.0
//@ error: name it, as in `#[fentry("vfs_read")]`
//! A program that reads arguments names the function.
#![no_std]
#![no_main]

use rex::kernel::{file, path};
use rex::prelude::*;

#[fentry]
fn prog(_: &mut FentryContext, _: Ptr<file>) {}
