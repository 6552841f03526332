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

/// Makes and deletes large values of the thread until that fails, or [`FLOOD_VALUES`] times.
pub(crate) const FLOOD: u64 = 0x5e1f_8004;
pub(crate) const FLOOD_VALUES: u64 = 4000;
/// The bytes of such a value.
pub(crate) const FLOOD_BYTES: u32 = 4000;

/// The number of times.
pub(crate) const CHURNS: u64 = 2000;

/// Elements of `control`.
pub(crate) const OF: u32 = 0;
/// The thread whose switches are watched.
pub(crate) const SWITCHES: u32 = 1;
/// The process that sleeps when it makes a socket, until the memory at the address is there.
pub(crate) const SLEEPER: u32 = 2;
pub(crate) const ADDRESS: u32 = 3;

/// Elements of `results`.
pub(crate) const VALUE: u32 = 0;
pub(crate) const RET: u32 = 1;
/// Counts at a switch: a value was there, none was made, one was made.
pub(crate) const FOUND: u32 = 2;
pub(crate) const REFUSED: u32 = 3;
pub(crate) const MADE: u32 = 4;
/// The number of values made by `CHURN`.
pub(crate) const CHURNED: u32 = 5;
/// The number of values deleted by `FLOOD`.
pub(crate) const FLOODED: u32 = 6;
