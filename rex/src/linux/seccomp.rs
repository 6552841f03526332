// SPDX-License-Identifier: GPL-2.0
//! The data of a system call that seccomp filters see. C counterpart:
//! `include/uapi/linux/seccomp.h`.

#![allow(non_camel_case_types)]

/// A system call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub struct seccomp_data {
    /// Its number.
    pub nr: i32,
    /// The machine that its number is of: `AUDIT_ARCH_*`.
    pub arch: u32,
    /// Where it was made.
    pub instruction_pointer: u64,
    /// Its arguments.
    pub args: [u64; 6],
}

crate::__rex_pod! { seccomp_data { nr arch instruction_pointer args } }
