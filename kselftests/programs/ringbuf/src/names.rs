// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Sends a record of text.
pub(crate) const TEXT: u64 = 0x5e1f_3000;

/// Sends an `Event` by `output`.
pub(crate) const OUTPUT: u64 = 0x5e1f_3001;

/// Discards a record, drops one, and sends one.
pub(crate) const GIVE_UP: u64 = 0x5e1f_3002;

/// Reserves `control[NUMBER]` records, and panics, runs forever, or leaks them.
pub(crate) const PANIC: u64 = 0x5e1f_3003;
pub(crate) const SPIN: u64 = 0x5e1f_3004;
pub(crate) const FORGET: u64 = 0x5e1f_3005;

/// Calls `output` forever.
pub(crate) const OUTPUT_FOR_EVER: u64 = 0x5e1f_3006;

/// Fills the ring buffer, tries another record, and discards all of them.
pub(crate) const FILL: u64 = 0x5e1f_3007;

/// Tries functions that report; see `check`.
pub(crate) const CHECK: u64 = 0x5e1f_3008;

/// Elements of `control`.
pub(crate) const NUMBER: u32 = 0;

/// Elements of `results`.
pub(crate) const HOLDING: u32 = 0;
pub(crate) const FAILED: u32 = 1;
pub(crate) const SIZE: u32 = 2;
