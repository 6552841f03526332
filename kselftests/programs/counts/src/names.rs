// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Element of `control`: the descriptor. Element 1 is passed on.
pub(crate) const DESCRIPTOR: u32 = 0;

/// Element of `control` that is copied to element `PASSED_ON` of `totals`.
pub(crate) const PASS_ON: u32 = 1;

/// Elements of `totals`.
pub(crate) const FIRST: u32 = 0;
pub(crate) const SECOND: u32 = 1;
pub(crate) const PASSED_ON: u32 = 2;
