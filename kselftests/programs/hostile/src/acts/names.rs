// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `orders`: the act (0: none), the only thread to perform it (0:
/// any), the only CPU, plus 1 (0: any), the largest number of times (0: no
/// limit), a number for the act, and the act to perform after it.
pub(crate) const ACT: u32 = 0;
pub(crate) const THREAD: u32 = 1;
pub(crate) const CPU: u32 = 2;
pub(crate) const TIMES: u32 = 3;
pub(crate) const NUMBER: u32 = 4;
pub(crate) const THEN: u32 = 5;

/// Elements of `notes`: acts begun, acts that returned, orders of unknown acts,
/// the time when the last act began, and a number from the act.
pub(crate) const BEGUN: u32 = 0;
pub(crate) const DONE: u32 = 1;
pub(crate) const UNKNOWN: u32 = 2;
pub(crate) const SINCE: u32 = 3;
pub(crate) const REMARK: u32 = 4;
