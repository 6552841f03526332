// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Counts the caller in `by_pid`, and the call in `totals` and `per_cpu`.
pub(crate) const COUNT: u64 = 0x5e1f_1000;

/// Copies the value at key 7 of `settings` to index 1 of `answers`.
pub(crate) const COPY: u64 = 0x5e1f_1001;

/// Tries every operation; see `checks`.
pub(crate) const CHECK: u64 = 0x5e1f_1002;

/// Elements of `results`: the number of checks of `CHECK`, of failed ones, and
/// the first failed one, counted from 1.
pub(crate) const MADE: u32 = 0;
pub(crate) const FAILED: u32 = 1;
pub(crate) const FIRST_FAILED: u32 = 2;
