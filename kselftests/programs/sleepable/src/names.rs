// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `orders`: the process whose events count, the address to read at, and what
/// to do.
pub(crate) const PROCESS: u32 = 0;
pub(crate) const ADDRESS: u32 = 1;
pub(crate) const ACT: u32 = 2;

/// Acts. Read what is in memory.
pub(crate) const READ_PRESENT: u64 = 0;

/// Elements of `seen`: the events, what the last one gave or the negative number of its
/// error, and the value that was read.
pub(crate) const CALLS: u32 = 0;
pub(crate) const RESULT: u32 = 1;
pub(crate) const VALUE: u32 = 2;
