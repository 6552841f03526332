// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `results`: the first 8 bytes of the last record, the sum of the numbers in
/// records, records that changed while the program had them, truncated records.
pub(crate) const BYTES: u32 = 0;
pub(crate) const SUM: u32 = 1;
pub(crate) const CHANGED: u32 = 2;
pub(crate) const TRUNCATED: u32 = 3;

/// What `drain` does with each record: adds its number to `SUM`.
pub(crate) const ADD: u64 = 0;
/// It also drains the ring buffer.
pub(crate) const NEST: u64 = 1;
/// It panics.
pub(crate) const PANIC: u64 = 2;
/// It spins until the watchdog stops the program.
pub(crate) const SPIN: u64 = 3;
/// It returns an error.
pub(crate) const FAIL: u64 = 4;
/// It compares the record with a copy of it that it made at first.
pub(crate) const COMPARE: u64 = 5;
