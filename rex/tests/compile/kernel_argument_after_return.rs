// SPDX-License-Identifier: GPL-2.0
//@ error: the arguments are gone when the function returns
//! A kretprobe has the result only.
#![no_std]
#![no_main]

use rex::kernel::{file, path};
use rex::prelude::*;

#[kretprobe("vfs_read")]
fn prog(_: &mut KretprobeContext, _: Ptr<file>) {}
