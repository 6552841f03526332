// SPDX-License-Identifier: GPL-2.0
//@ error: extern { .. }
//! Of the loader's numbers only: a number that is a function's address is none.
#![no_std]
#![no_main]

use rex::prelude::*;
#[kprobe]
fn prog(_: &mut KprobeContext) {
    info!("{}", rex::__rex_btf!("memcpy"));
}
