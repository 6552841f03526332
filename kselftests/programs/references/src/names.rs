// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of this descriptor looks up the tasks.
pub(crate) const LOOK_UP: u64 = 0x5e1f_0001;

/// `dup` of this descriptor takes references on one task until it gets no more.
pub(crate) const HOARD: u64 = 0x5e1f_0002;

/// Elements of `config`: the way to end, and the number of tasks found.
pub(crate) const HOW: u32 = 0;
pub(crate) const FOUND: u32 = 1;

/// Ways to end, other than dropping the references.
pub(crate) const FORGET: u64 = 1;
pub(crate) const PANIC: u64 = 2;
pub(crate) const LOOP: u64 = 3;
