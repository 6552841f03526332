// SPDX-License-Identifier: GPL-2.0
//@ error: a pattern matches functions with other arguments: read the registers
//! One carrier is for all functions of the pattern: nothing compares their arguments.
#![no_std]
#![no_main]

use rex::kernel::file;
use rex::prelude::*;

#[kprobe("vfs_*")]
fn prog(_: &mut KprobeContext, _file: Ptr<file>) {}
