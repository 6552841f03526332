// SPDX-License-Identifier: GPL-2.0
//@ error: six arguments are in registers
//! The seventh is on the stack.
#![no_std]
#![no_main]

use rex::kernel::{file, path};
use rex::prelude::*;

#[kprobe("f")]
fn prog(
    _: &mut KprobeContext,
    _: u8,
    _: u8,
    _: u8,
    _: u8,
    _: u8,
    _: u8,
    _: u8,
) {
}
