// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Indices into `records`.
pub(crate) const ENTER_OPEN: u32 = 0;
pub(crate) const ENTER_OPENAT: u32 = 1;
pub(crate) const EXIT_OPEN: u32 = 2;
pub(crate) const EXIT_OPENAT: u32 = 3;
pub(crate) const ENTER_DUP: u32 = 4;
pub(crate) const RAW_ENTER: u32 = 5;
pub(crate) const RAW_EXIT: u32 = 6;

/// Elements of `watched`: the process, and the system call that the programs at all
/// system calls record.
pub(crate) const PROCESS: u32 = 0;
pub(crate) const NUMBER: u32 = 1;
