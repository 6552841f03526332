// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of this descriptor copies a stack.
pub(crate) const COPY: u64 = 0x5e1f_0001;

/// Elements of `found`: the number of bytes that each program has copied, or
/// the error.
pub(crate) const OF_DUP: u32 = 0;
pub(crate) const OF_SAMPLE: u32 = 1;
