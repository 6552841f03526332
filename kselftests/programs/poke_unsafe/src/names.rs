// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of this descriptor writes the byte.
pub(crate) const POKE: u64 = 0x5e1f_0001;

/// Elements of `control`: the byte's address, 0 for none, and its value.
pub(crate) const ADDRESS: u32 = 0;
pub(crate) const BYTE: u32 = 1;
