// SPDX-License-Identifier: GPL-2.0
//@ error: is not plain data
//! A shared value gives no reference: userspace writes to it.
#![no_std]
#![no_main]

use core::sync::atomic::AtomicU64;
use rex::prelude::*;

#[map]
static HITS: Shared<AtomicU64> = Shared::new();

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {}
