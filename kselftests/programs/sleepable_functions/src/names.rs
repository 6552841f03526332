// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `orders`: the process whose events count, and the address that a number is
/// copied from.
pub(crate) const OF_PROCESS: u32 = 0;
pub(crate) const FROM: u32 = 1;

/// Elements of `seen`: the runs that have begun to copy and those that have come back, the
/// result and the number of the last one, and the argument and the result of the function.
pub(crate) const RUNS_BEGUN: u32 = 0;
pub(crate) const RUNS_BACK: u32 = 1;
pub(crate) const OUTCOME: u32 = 2;
pub(crate) const NUMBER: u32 = 3;
pub(crate) const ARGUMENT: u32 = 4;
pub(crate) const RETURNED: u32 = 5;
