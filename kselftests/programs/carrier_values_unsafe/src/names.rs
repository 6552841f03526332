// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Indices of the number that programs return, and of whether their runs end with a record,
/// in `control`.
pub(crate) const RETURNS: u32 = 0;
pub(crate) const HOLDS: u32 = 1;
