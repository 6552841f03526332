// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Writes a sample to the event of the CPU that it runs on, and to that of CPU
/// `control[CPU]`.
pub(crate) const SAMPLE: u64 = 0x5e1f_5000;

/// Stores both stacks; their numbers, or the errors, are in `results`.
pub(crate) const STACK: u64 = 0x5e1f_5001;

/// Writes the longest sample, and a longer one.
pub(crate) const LARGE: u64 = 0x5e1f_5002;
pub(crate) const DEPTH: usize = 32;

/// Elements of `control`.
pub(crate) const CPU: u32 = 0;

/// The kprobe stores stacks.
pub(crate) const IN_KPROBE: u32 = 1;

/// Elements of `results`: the results of samples for the CPU itself, and for
/// `control[CPU]`.
pub(crate) const OWN_RET: u32 = 0;
pub(crate) const OTHER_RET: u32 = 1;

/// The results of the longest sample and of the longer one.
pub(crate) const LARGE_RET: u32 = 2;
pub(crate) const TOO_LARGE_RET: u32 = 3;

/// Stacks, as elements of `copies`, and after these in `results`: the number that the
/// stack has in its map, and the size of its copy.
pub(crate) const KERNEL_STACK: u32 = 0;
pub(crate) const USER_STACK: u32 = 1;
pub(crate) const KPROBE_KERNEL_STACK: u32 = 2;
pub(crate) const KPROBE_USER_STACK: u32 = 3;
pub(crate) const STACK_ID: u32 = 4;
pub(crate) const STACK_SIZE: u32 = 8;

/// The size of a copy of two frames.
pub(crate) const TWO_FRAMES_SIZE: u32 = 12;
