// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! A cgroup cannot be in a static.
#![no_std]
#![no_main]

use rex::prelude::*;

pub static KEPT: Option<Cgroup<'static>> = None;

#[kprobe("do_exit")]
fn prog(_: &mut KprobeContext) {}
