// SPDX-License-Identifier: GPL-2.0
//@ error: cannot find `__rex_prog_def`
//! A program of a type that the crate does not know cannot be defined.
#![no_std]
#![no_main]

use core::ffi::c_void;

extern "C" fn entry(_: *mut c_void) -> u32 {
    1
}

rex::__rex_prog_def!(
    attach_type 26; // BPF_MODIFY_RETURN
    26, // BPF_PROG_TYPE_TRACING
    entry,
    "prog",
    "fmod_ret/security_file_alloc",
    0,
    None,
);
