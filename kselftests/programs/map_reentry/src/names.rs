// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `numbers`. The thread that this is about; how many keys it inserts
/// at a `dup(2)`, and how many of them are in; how often the program within was
/// refused, and how often not.
pub(crate) const THREAD: u32 = 0;
pub(crate) const KEYS: u32 = 1;
pub(crate) const INSERTED: u32 = 2;
pub(crate) const REFUSED: u32 = 3;
pub(crate) const NOT_REFUSED: u32 = 4;
