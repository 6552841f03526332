// SPDX-License-Identifier: GPL-2.0
//@ error: cannot be shared between threads safely
//! A context cannot be in a static.
#![no_std]
#![no_main]

use rex::prelude::*;

pub static KEPT: Option<&'static KprobeContext<'static>> = None;

#[kprobe]
fn prog(_: &mut KprobeContext) {}
