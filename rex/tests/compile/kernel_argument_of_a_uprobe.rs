// SPDX-License-Identifier: GPL-2.0
//@ error: argument
//! Userspace has no such types.
#![no_std]
#![no_main]

use rex::prelude::*;
#[uprobe]
fn prog(_: &mut UprobeContext, _: u64) {}
