// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Does one step.
pub(crate) const STEP: u64 = 0x5e1f_4000;

/// Does half a step, and panics.
pub(crate) const FAIL: u64 = 0x5e1f_4001;

/// Loops forever.
pub(crate) const LOOP: u64 = 0x5e1f_4002;

/// Holds data in a static and in the heap for a while.
pub(crate) const HOLD: u64 = 0x5e1f_4003;

/// Indices into `results`.
pub(crate) const ZERO: u32 = 0;
pub(crate) const COUNTER: u32 = 1;
pub(crate) const STEPS: u32 = 2;
pub(crate) const HELD: u32 = 3;
pub(crate) const CHANGED: u32 = 4;
