// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

pub(crate) const FORGET: u64 = 1;
pub(crate) const PANIC: u64 = 2;
pub(crate) const LOOP: u64 = 3;
