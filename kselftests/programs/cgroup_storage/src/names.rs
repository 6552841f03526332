// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Adds 1 to the value of the thread's cgroup, which is 100 at first.
pub(crate) const COUNT: u64 = 0x5e1f_8100;

/// Deletes the value of the thread's cgroup.
pub(crate) const DELETE: u64 = 0x5e1f_8101;

/// Reads the value of the cgroup of the thread `control[OF]`, and then adds 1000 to it.
pub(crate) const OTHER: u64 = 0x5e1f_8102;

/// Makes and deletes the value of the thread's cgroup, many times.
pub(crate) const CHURN: u64 = 0x5e1f_8103;

/// Adds 1 to the value of the root.
pub(crate) const COUNT_ROOT: u64 = 0x5e1f_8104;

/// Compares the cgroup with the kernel's data, and notes its level.
pub(crate) const COMPARE: u64 = 0x5e1f_8105;

/// The number of times.
pub(crate) const CHURNS: u64 = 2000;

/// The port of packets that are counted.
pub(crate) const PORT: u16 = 4713;

/// Elements of `control`.
pub(crate) const OF: u32 = 0;
/// The thread whose switches, NMIs and locks are watched.
pub(crate) const WATCHED: u32 = 1;
/// The most values that programs at hooks within the kernel's functions make.
pub(crate) const AT_MOST: u32 = 2;

/// Elements of `results`.
pub(crate) const VALUE: u32 = 0;
pub(crate) const RET: u32 = 1;
/// Counts at a hook: a value was there, none was made, one was made.
pub(crate) const FOUND: u32 = 2;
pub(crate) const REFUSED: u32 = 3;
pub(crate) const MADE: u32 = 4;
/// The number of values made by `CHURN`.
pub(crate) const CHURNED: u32 = 5;
/// The depth of the cgroup.
pub(crate) const LEVEL: u32 = 6;
/// Whether the map is there.
pub(crate) const EXISTS: u32 = 7;
/// The id of the cgroup.
pub(crate) const ID: u32 = 8;
