// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of this descriptor: one step.
pub(crate) const STEP: u64 = 0x5e1f_3000;
