// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `choice`: the thread, the value to return, the number of
/// attempts, the last result.
pub(crate) const THREAD: u32 = 0;
pub(crate) const VALUE: u32 = 1;
pub(crate) const TRIES: u32 = 2;
pub(crate) const ANSWER: u32 = 3;
