// SPDX-License-Identifier: GPL-2.0
//@ error: no rules expected
//! The macro below the attributes knows two kinds of functions.
#![no_std]
#![no_main]

use rex::prelude::*;

fn prog(_: &mut KprobeContext) {}

rex::__rex_program! { [run] kprobe prog entry "prog" [section "kprobe"] 0u32 [] }
