// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Arms `once` for `control[DELAY]` milliseconds.
pub(crate) const ARM: u64 = 0x5e1f_9000;

/// Arms what cannot be: a program that is none, one that has a period, too early, too
/// late.
pub(crate) const ARM_WRONG: u64 = 0x5e1f_9001;

/// Elements of `control`.
pub(crate) const DELAY: u32 = 0;
/// What a timer does besides counting.
pub(crate) const ACT: u32 = 1;

/// Acts.
pub(crate) const LOOP: u64 = 1;
pub(crate) const PANIC: u64 = 2;
/// It takes 10 ms.
pub(crate) const SPIN: u64 = 3;
/// It arms `once` again, for as soon as can be.
pub(crate) const AGAIN: u64 = 4;

/// Elements of `results`.
pub(crate) const TICKS: u32 = 0;
pub(crate) const ONCE: u32 = 1;
/// When `once` ran, and when it was armed, in nanoseconds.
pub(crate) const RAN: u32 = 2;
pub(crate) const ARMED: u32 = 3;
pub(crate) const RET: u32 = 4;
/// How often a hook armed it.
pub(crate) const HOOKED: u32 = 8;
/// CPUs on which it ticked, as bits.
pub(crate) const CPUS: u32 = 9;
