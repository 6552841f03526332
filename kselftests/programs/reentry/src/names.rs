// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `orders`, which the test writes: the thread, and the acts of the
/// outer and the nested programs, by the hashes of their names.
pub(crate) const THREAD: u32 = 0;
pub(crate) const OUTSIDE: u32 = 1;
pub(crate) const WITHIN: u32 = 2;

/// Elements of `notes`: the runs, the failures, the `-EBUSY` failures, and the last
/// error, of the outer and of the nested programs.
pub(crate) const RUNS: u32 = 0;
pub(crate) const FAILED: u32 = 1;
pub(crate) const BUSY: u32 = 2;
pub(crate) const ERROR: u32 = 3;
pub(crate) const OF_WITHIN: u32 = 4;
/// The runs of the nested programs since the outer one began its act.
pub(crate) const NESTED: u32 = 8;
