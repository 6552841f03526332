// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `orders`: the act (0: none), the only thread that it is for (0:
/// any), the only CPU that it is for plus 1 (0: any), how often it is performed
/// at most (0: always), a number for the act itself, and another act, for acts
/// that go on to one.
pub(crate) const ACT: u32 = 0;
pub(crate) const THREAD: u32 = 1;
pub(crate) const CPU: u32 = 2;
pub(crate) const TIMES: u32 = 3;
pub(crate) const NUMBER: u32 = 4;
pub(crate) const THEN: u32 = 5;

/// Elements of `notes`: acts begun, acts that returned, orders of acts that do
/// not exist, when the last act began, and what the act itself writes.
pub(crate) const BEGUN: u32 = 0;
pub(crate) const DONE: u32 = 1;
pub(crate) const UNKNOWN: u32 = 2;
pub(crate) const SINCE: u32 = 3;
pub(crate) const REMARK: u32 = 4;
