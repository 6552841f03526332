// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `depth`: calls to make (without end if it is 0), and those that
/// were made when the deepest of them has returned.
pub(crate) const WANTED: u32 = 0;
pub(crate) const REACHED: u32 = 1;

/// `dup` of this descriptor makes the calls.
pub(crate) const DESCEND: u64 = 0x5e1f_0001;
