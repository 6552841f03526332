// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `orders`: the act, the only thread that it is for, and whether the
/// act is to be the end of the run, with no other call of a helper after it; and
/// the offset of `task_struct.usage`.
pub(crate) const ACT: u32 = 0;
pub(crate) const THREAD: u32 = 1;
pub(crate) const LAST: u32 = 2;
pub(crate) const USAGE: u32 = 3;

/// Elements of `notes`: what the helper returned; the program does not know the act.
pub(crate) const RESULT: u32 = 0;
pub(crate) const UNKNOWN: u32 = 1;
