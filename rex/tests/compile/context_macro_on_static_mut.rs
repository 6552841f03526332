// SPDX-License-Identifier: GPL-2.0
//@ error: constant accesses mutable global memory
//! The macro under the attribute does not make a mutable static safe.
#![no_std]
#![no_main]

use rex::prelude::*;

static mut PROG: rex::kprobe::ContextProgram<()> = |_: &mut KprobeContext| {};

rex::__rex_program! { [context] kprobe PROG entry "prog" [section "kprobe"] 0u32 [] }
