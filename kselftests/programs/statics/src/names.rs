// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// `dup` of this descriptor does one step.
pub(crate) const STEP: u64 = 0x5e1f_3000;

/// Elements of `results`: steps so far; the value after the last step, which begins
/// as 1000; and the sum of all numbers touched in a zeroed buffer.
pub(crate) const NR_STEPS: u32 = 0;
pub(crate) const VALUE: u32 = 1;
pub(crate) const SUM: u32 = 2;
