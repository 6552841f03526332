// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// The element of `WATCHED`: the process whose calls are counted.
pub(crate) const PROCESS: u32 = 0;
