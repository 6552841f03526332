// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `gate`.
pub(crate) const RUNNING: u32 = 0;
pub(crate) const GO_ON: u32 = 1;
pub(crate) const TIMED_OUT: u32 = 2;

/// `dup` of this descriptor spins.
pub(crate) const SPIN: u64 = 0x5e1f_0001;
