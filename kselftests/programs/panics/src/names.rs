// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of this descriptor makes `unwraps_none` panic.
pub(crate) const UNWRAP: u64 = 0x5e1f_0001;

/// `dup` of this descriptor makes `indexes_out_of_bounds` panic, at this plus the
/// index.
pub(crate) const INDEX: u64 = 0x5e1f_0100;

/// `dup` of this descriptor makes `overflows` panic.
pub(crate) const OVERFLOW: u64 = 0x5e1f_0002;

/// `dup` of this descriptor makes `panics_twice` panic, and again while the
/// message is formatted.
pub(crate) const TWICE: u64 = 0x5e1f_0003;
