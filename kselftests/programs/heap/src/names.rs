// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of descriptor `ACT + number` performs the act with this number.
pub(crate) const ACT: u64 = 0x5e1f_6000;
pub(crate) const TYPES: u64 = 0;
pub(crate) const COUNT_BLOCKS: u64 = 1;
pub(crate) const RESERVE: u64 = 2;
pub(crate) const PANIC_FOR_WANT_OF_ROOM: u64 = 3;
pub(crate) const FORGET: u64 = 4;
pub(crate) const ALLOCATE_FOR_EVER: u64 = 5;
pub(crate) const KEEP: u64 = 6;
pub(crate) const DROP_KEPT: u64 = 7;
pub(crate) const PANIC_WITH_BLOCKS: u64 = 8;
pub(crate) const ALIGNMENTS: u64 = 9;
pub(crate) const RESIZE: u64 = 10;
pub(crate) const COUNTS: u64 = 11;
pub(crate) const READ_FROM_USER: u64 = 12;

/// Elements of `control`: a number of bytes for the act, and an address of the process.
pub(crate) const SIZE: u32 = 0;
pub(crate) const ADDRESS: u32 = 1;

/// Elements of `results`: the act's, and the counters of `churn`.
pub(crate) const RESULT: u32 = 0;
pub(crate) const CHURNS: u32 = 1;
pub(crate) const NO_ROOM: u32 = 2;
pub(crate) const DAMAGED: u32 = 3;
