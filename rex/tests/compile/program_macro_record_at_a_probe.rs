// SPDX-License-Identifier: GPL-2.0
//@ error: cannot find function `__setup_of_record` in module
//! A program that gets registers has no record.
#![no_std]
#![no_main]

use rex::prelude::*;

fn prog(_: &mut KprobeContext) {}

rex::__rex_program! {
    [context] kprobe prog entry "prog" [record] 0u32 []
}
