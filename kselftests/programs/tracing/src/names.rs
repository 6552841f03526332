// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Indices into `records`.
pub(crate) const SIGNAL: u32 = 0;
pub(crate) const EXEC: u32 = 1;
pub(crate) const KRETPROBE: u32 = 2;
pub(crate) const UPROBE: u32 = 3;
pub(crate) const URETPROBE: u32 = 4;
pub(crate) const RAW_TRACEPOINT: u32 = 5;
pub(crate) const TP_BTF: u32 = 6;
pub(crate) const FENTRY: u32 = 7;
pub(crate) const FEXIT: u32 = 8;
pub(crate) const PERF_EVENT: u32 = 9;
pub(crate) const DROP: u32 = 10;
pub(crate) const KPROBE: u32 = 11;

/// Elements of `watched`: the process, and the size of the read that is
/// recorded.
pub(crate) const PROCESS: u32 = 0;
pub(crate) const READ_SIZE: u32 = 1;
