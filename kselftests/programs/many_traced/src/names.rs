// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// The element of `WATCHED`: the process whose calls are counted.
pub(crate) const PROCESS: u32 = 0;

/// The elements of `NESTED`: the depth of the deepest run, the runs, those that found another
/// depth or other values at their end, and the depth where a run panics.
pub(crate) const DEEPEST: u32 = 0;
pub(crate) const RUNS: u32 = 1;
pub(crate) const WRONG: u32 = 2;
pub(crate) const BREAKS: u32 = 3;
