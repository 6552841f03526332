// SPDX-License-Identifier: GPL-2.0
//@ error: this is no section of this kind of program
//! The macro takes no section of another kind of the same type: methods differ.
#![no_std]
#![no_main]

use rex::prelude::*;

fn prog(_: &mut KprobeContext) {}

rex::__rex_program! { [context] kprobe prog entry "prog" [section "uprobe"] 0u32 [] }
