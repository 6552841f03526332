// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of these descriptors frees wrongly: the same block again, a block with a
/// larger size, from its middle on, no block, and memory of the stack.
pub(crate) const FREE_TWICE: u64 = 0x5e1f_7000;
pub(crate) const FREE_AS_LARGER: u64 = 0x5e1f_7001;
pub(crate) const FREE_MIDDLE: u64 = 0x5e1f_7002;
pub(crate) const FREE_NULL: u64 = 0x5e1f_7003;
pub(crate) const FREE_STACK: u64 = 0x5e1f_7004;

/// Moves a block from its middle on.
pub(crate) const MOVE_MIDDLE: u64 = 0x5e1f_7005;
/// Frees a block, and overwrites all of the heap.
pub(crate) const OVERWRITE: u64 = 0x5e1f_7006;
/// Uses and frees blocks that are free.
pub(crate) const USE_FREED: u64 = 0x5e1f_7007;

/// Element of `results`: 1 if the program reached its end.
pub(crate) const REACHED_END: u32 = 0;
