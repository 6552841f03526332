// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `orders`: the act, the only thread to perform it, whether the run
/// ends after it without another call of a helper, and the offset of
/// `task_struct.usage`.
pub(crate) const ACT: u32 = 0;
pub(crate) const THREAD: u32 = 1;
pub(crate) const LAST: u32 = 2;
pub(crate) const USAGE: u32 = 3;

/// Elements of `notes`: the result of the helper, and whether the act is unknown.
pub(crate) const RESULT: u32 = 0;
pub(crate) const UNKNOWN: u32 = 1;
