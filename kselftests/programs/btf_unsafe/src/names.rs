// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// The descriptor of the event, `dup(2)`.
pub(crate) const DUP_FD: u64 = 0x5e1f_0001;

/// Symbols of types, whose names the test writes into the object.
pub(crate) const SLOTS: u32 = 128;
/// With all of a symbol's name, but for the NUL.
pub(crate) const SLOT_SIZE: u32 = 192;

/// Elements of `results`: how often the program has run; and what it has read, if the
/// first two slots are the offsets of `task_struct`'s `real_parent` and `tgid`, and
/// whether that was an error.
pub(crate) const RUNS: u32 = 0;
pub(crate) const PARENT: u32 = 1;
pub(crate) const ERROR: u32 = 2;
