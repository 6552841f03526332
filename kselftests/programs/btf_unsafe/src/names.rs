// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// The descriptor of the event, `dup(2)`.
pub(crate) const DUP_FD: u64 = 0x5e1f_0001;

/// The number of symbols whose names the test writes into the object.
pub(crate) const SLOTS: u32 = 128;
/// The size of a symbol's name, without the NUL.
pub(crate) const SLOT_SIZE: u32 = 192;

/// Elements of `results`: the number of runs; the value read, if the first two slots
/// are the offsets of `task_struct`'s `real_parent` and `tgid`; and whether that
/// failed.
pub(crate) const RUNS: u32 = 0;
pub(crate) const PARENT: u32 = 1;
pub(crate) const ERROR: u32 = 2;
