// SPDX-License-Identifier: GPL-2.0
//@ error: this is no section of this kind of program
//! Nor that of a kind of the same type, whose programs have other methods.
#![no_std]
#![no_main]

use rex::prelude::*;

fn prog(_: &mut KprobeContext) {}

rex::__rex_program! { [context] kprobe prog entry "prog" [section "uprobe"] 0u32 [] }
