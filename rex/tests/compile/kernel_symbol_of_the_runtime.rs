// SPDX-License-Identifier: GPL-2.0
//@ error: extern { .. }
//! A program reads the loader's numbers, and no address of a function as one.
#![no_std]
#![no_main]

use rex::prelude::*;
#[kprobe]
fn prog(_: &mut KprobeContext) {
    info!("{}", rex::__rex_btf!("memcpy"));
}
