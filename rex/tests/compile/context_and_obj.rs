// SPDX-License-Identifier: GPL-2.0
//@ error: there is the attribute with `rex_` before it
//! The attributes of programs with one argument do not take two.
#![no_std]
#![no_main]

use rex::prelude::*;

#[kprobe]
fn prog(_: &rex::kprobe::kprobe, _: &mut PtRegs) -> rex::Result {
    Ok(0)
}
