// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `depth`: the number of calls to make (0: no limit), and the
/// number made when the deepest call has returned.
pub(crate) const WANTED: u32 = 0;
pub(crate) const REACHED: u32 = 1;

/// `dup` of this descriptor makes the calls.
pub(crate) const DESCEND: u64 = 0x5e1f_0001;
