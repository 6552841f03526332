// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

pub(crate) const ALLOW: u64 = 0;
pub(crate) const FORBID: u64 = 1;
pub(crate) const POSITIVE: u64 = 2;
pub(crate) const HELPER: u64 = 3;
pub(crate) const TOO_NEGATIVE: u64 = 4;
pub(crate) const PANIC: u64 = 5;
