// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Adds 1 to the value of the thread, which is 100 at first.
pub(crate) const COUNT: u64 = 0x5e1f_8000;

/// Deletes the value of the thread.
pub(crate) const DELETE: u64 = 0x5e1f_8001;

/// Reads the value of the thread `control[OF]`, and then adds 1000 to it.
pub(crate) const OTHER: u64 = 0x5e1f_8002;

/// Makes and deletes the value of the thread, many times.
pub(crate) const CHURN: u64 = 0x5e1f_8003;

/// The number of times.
pub(crate) const CHURNS: u64 = 2000;

/// Elements of `control`.
pub(crate) const OF: u32 = 0;
/// The thread whose switches are watched.
pub(crate) const SWITCHES: u32 = 1;

/// Elements of `results`.
pub(crate) const VALUE: u32 = 0;
pub(crate) const RET: u32 = 1;
/// Counts at a switch: a value was there, none was made, one was made.
pub(crate) const FOUND: u32 = 2;
pub(crate) const REFUSED: u32 = 3;
pub(crate) const MADE: u32 = 4;
/// The number of values made by `CHURN`.
pub(crate) const CHURNED: u32 = 5;
