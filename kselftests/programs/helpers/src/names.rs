// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Calls the helpers.
pub(crate) const CALL: u64 = 0x5e1f_2000;

/// Prints a text that is too long, in characters of three bytes each.
pub(crate) const PRINT_LONG: u64 = 0x5e1f_2001;

/// Prints two lines at once.
pub(crate) const PRINT_LINES: u64 = 0x5e1f_2002;

/// Indices into `results`.
pub(crate) const CPU: u32 = 0;
pub(crate) const NUMA_NODE: u32 = 1;
pub(crate) const KTIME: u32 = 2;
pub(crate) const KTIME_BOOT: u32 = 3;
pub(crate) const KTIME_COARSE: u32 = 4;
pub(crate) const JIFFIES: u32 = 5;
pub(crate) const RANDOM_1: u32 = 6;
pub(crate) const RANDOM_2: u32 = 7;
pub(crate) const PID_TGID: u32 = 8;
pub(crate) const UID_GID: u32 = 9;
pub(crate) const TASK_PID: u32 = 10;
pub(crate) const TASK_TGID: u32 = 11;

/// Results of calls, as 64-bit numbers.
pub(crate) const COMM_RET: u32 = 12;
pub(crate) const READ_RET: u32 = 13;
pub(crate) const READ_VALUE: u32 = 14;
pub(crate) const READ_FAULT_RET: u32 = 15;
pub(crate) const READ_FAULT_VALUE: u32 = 16;
pub(crate) const SNPRINTF_RET: u32 = 17;
pub(crate) const SNPRINTF_CUT_RET: u32 = 18;
pub(crate) const SNPRINTF_BAD_RET: u32 = 19;
pub(crate) const SNPRINTF_WIDE_RET: u32 = 20;
pub(crate) const SNPRINTF_TOO_WIDE_RET: u32 = 21;

/// `DONE` when all other elements are set.
pub(crate) const STATE: u32 = 22;
pub(crate) const DONE: u64 = 0x600d;

/// Indices into `texts`.
pub(crate) const TASK_COMM: u32 = 0;
pub(crate) const CURRENT_COMM: u32 = 1;
pub(crate) const FORMATTED: u32 = 2;
pub(crate) const FORMATTED_CUT: u32 = 3;
