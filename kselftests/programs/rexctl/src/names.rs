// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of this descriptor makes `on_dup` print a line.
pub(crate) const PRINT: u64 = 0x5e1f_0001;

/// `dup` of this descriptor makes it panic.
pub(crate) const PANIC: u64 = 0x5e1f_0002;

/// `dup` of this descriptor makes it loop.
pub(crate) const LOOP: u64 = 0x5e1f_0003;
