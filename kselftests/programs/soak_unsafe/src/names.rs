// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `control`: one of so many runs ends with a fault (0: none); whether some of
/// these runs are loops; where sleepable programs read.
pub(crate) const ODDS: u32 = 0;
pub(crate) const LOOPS: u32 = 1;
pub(crate) const ADDRESS: u32 = 2;

/// Elements of `counts`: runs that began, records that they wrote or tried to write, and runs
/// that returned.
pub(crate) const RUNS_BEGUN: u32 = 0;
pub(crate) const RECORDS_WRITTEN: u32 = 1;
pub(crate) const RUNS_RETURNED: u32 = 2;
