// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `numbers`: the thread; the number of keys that it inserts at a
/// `dup(2)`, and of those inserted; and how often the nested program was refused,
/// and was not.
pub(crate) const THREAD: u32 = 0;
pub(crate) const KEYS: u32 = 1;
pub(crate) const INSERTED: u32 = 2;
pub(crate) const REFUSED: u32 = 3;
pub(crate) const NOT_REFUSED: u32 = 4;
