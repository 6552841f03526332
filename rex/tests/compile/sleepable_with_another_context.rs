// SPDX-License-Identifier: GPL-2.0
//@ error: mismatched types
//! A sleepable program has a context that can wait.
#![no_std]
#![no_main]

use rex::prelude::*;

#[uprobe(sleepable)]
fn prog(_: &mut UprobeContext) {}
