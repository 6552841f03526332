// SPDX-License-Identifier: GPL-2.0
//@ error: a pattern matches functions with other arguments: read the registers
//! A set of characters makes a pattern, as `*` and `?` do.
#![no_std]
#![no_main]

use rex::kernel::file;
use rex::prelude::*;

#[kprobe("vfs_rea[d]")]
fn prog(_: &mut KprobeContext, _file: Ptr<file>) {}
