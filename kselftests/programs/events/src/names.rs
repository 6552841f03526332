// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Writes a sample to the event of the CPU that it runs on, and to that of CPU
/// `control[CPU]`.
pub(crate) const SAMPLE: u64 = 0x5e1f_5000;

/// Stores both stacks; their numbers, or what went wrong, are in `results`.
pub(crate) const STACK: u64 = 0x5e1f_5001;

/// Writes a sample that is just not too long, and one that is.
pub(crate) const LARGE: u64 = 0x5e1f_5002;
pub(crate) const DEPTH: usize = 32;

/// Elements of `control`.
pub(crate) const CPU: u32 = 0;

/// The kprobe stores stacks.
pub(crate) const IN_KPROBE: u32 = 1;
