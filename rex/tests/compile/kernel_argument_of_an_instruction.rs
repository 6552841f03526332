// SPDX-License-Identifier: GPL-2.0
//@ error: at the beginning of the function only
//! Within a function, registers have something else.
#![no_std]
#![no_main]

use rex::kernel::{file, path};
use rex::prelude::*;

#[kprobe("vfs_read+0x10")]
fn prog(_: &mut KprobeContext, _: Ptr<file>) {}
