// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Stores the ids of the task in `results`.
pub(crate) const WHO: u64 = 0x5e1f_6000;

/// Sends the signal `control[NUMBER]` to the process, or to the thread.
pub(crate) const SIGNAL: u64 = 0x5e1f_6001;
pub(crate) const SIGNAL_THREAD: u64 = 0x5e1f_6002;

/// Reads 8 bytes and a string at `control[ADDRESS]`, of userspace or of the
/// kernel.
pub(crate) const READ_USER: u64 = 0x5e1f_6003;
pub(crate) const READ_KERNEL: u64 = 0x5e1f_6004;

/// Reads the clocks.
pub(crate) const CLOCKS: u64 = 0x5e1f_6005;

/// Asks for the cgroups of `cgroups`, and for an entry that is not there.
pub(crate) const CGROUPS: u64 = 0x5e1f_6006;

/// Elements of `control`.
pub(crate) const NUMBER: u32 = 0;
pub(crate) const ADDRESS: u32 = 1;

/// Elements of `results`.
pub(crate) const RET: u32 = 0;
pub(crate) const FIRST: u32 = 1;
pub(crate) const SECOND: u32 = 2;
pub(crate) const THIRD: u32 = 3;
pub(crate) const FOURTH: u32 = 4;
