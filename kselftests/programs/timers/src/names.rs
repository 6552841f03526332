// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Arms `once` for `control[DELAY]` milliseconds.
pub(crate) const ARM: u64 = 0x5e1f_9000;

/// Arms timers wrongly: no program, one with a period, too early, too late.
pub(crate) const ARM_WRONG: u64 = 0x5e1f_9001;

/// Elements of `control`.
pub(crate) const DELAY: u32 = 0;
/// The action of a timer besides counting.
pub(crate) const ACT: u32 = 1;

/// Acts.
pub(crate) const LOOP: u64 = 1;
pub(crate) const PANIC: u64 = 2;
/// The run takes 10 ms.
pub(crate) const SPIN: u64 = 3;
/// The run arms `once` again, with the shortest delay.
pub(crate) const AGAIN: u64 = 4;

/// Elements of `results`.
pub(crate) const TICKS: u32 = 0;
pub(crate) const ONCE: u32 = 1;
/// The times at which `once` ran and was armed, in nanoseconds.
pub(crate) const RAN: u32 = 2;
pub(crate) const ARMED: u32 = 3;
pub(crate) const RET: u32 = 4;
/// The number of times that a hook armed it.
pub(crate) const HOOKED: u32 = 8;
/// The CPUs on which it ran, as bits.
pub(crate) const CPUS: u32 = 9;
