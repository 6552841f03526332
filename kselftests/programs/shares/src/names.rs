// SPDX-License-Identifier: GPL-2.0
//! Names that the programs share with their test: a C header is made of them.

/// The descriptor whose `dup(2)` is the event.
pub(crate) const TAKE: u64 = 0x5e1f_c000;

/// The signal whose sending is the event.
pub(crate) const TAKE_SIGNAL: i32 = 23;

/// Indices into `control`: how long a run takes.
pub(crate) const RUN_NS: u32 = 0;

/// Whether `at_dup` causes page faults meanwhile.
pub(crate) const FAULTS: u32 = 1;

/// Indices into `results`.
pub(crate) const RUNS: u32 = 0;
