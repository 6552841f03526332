// SPDX-License-Identifier: GPL-2.0
//@ error: this is not the name of a type, a member or a function
//! A symbol is a name.
#![no_std]
#![no_main]

use rex::prelude::*;
#[kprobe]
fn prog(_: &mut KprobeContext) {
    info!("{}", rex::__rex_btf!(":off:task_struct:p id:s4"));
}
