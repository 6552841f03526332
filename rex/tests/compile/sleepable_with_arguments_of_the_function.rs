// SPDX-License-Identifier: GPL-2.0
//@ error: a sleepable program has its context alone
//! Pointers of the kernel's would be there for all of the run.
#![no_std]
#![no_main]

use rex::kernel::file;
use rex::prelude::*;

#[lsm("file_open", sleepable)]
fn prog(_: &mut Sleepable<LsmContext>, _file: Ptr<file>) {}
