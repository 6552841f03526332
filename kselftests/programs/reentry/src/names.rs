// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `orders`, written by the test: the thread that this is about, and
/// what the program outside and those within it do, by the hashes of their names.
pub(crate) const THREAD: u32 = 0;
pub(crate) const OUTSIDE: u32 = 1;
pub(crate) const WITHIN: u32 = 2;

/// Elements of `notes`: runs, those of them in which the act failed, those in which
/// it was `-EBUSY`, and the last error; of the program outside, and of those within.
pub(crate) const RUNS: u32 = 0;
pub(crate) const FAILED: u32 = 1;
pub(crate) const BUSY: u32 = 2;
pub(crate) const ERROR: u32 = 3;
pub(crate) const OF_WITHIN: u32 = 4;
