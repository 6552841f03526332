// SPDX-License-Identifier: GPL-2.0
//@ error: cannot find `__rex_prog_def`
//! A function with features of the processor cannot be an entry.
#![no_std]
#![no_main]

use core::ffi::c_void;

#[target_feature(enable = "lzcnt,bmi1,bmi2")]
extern "C" fn entry(ctx: *mut c_void) -> u32 {
    (ctx as usize).leading_zeros()
}

rex::__rex_prog_def!(2, entry, "prog", "kprobe/do_exit", 0, None,);
