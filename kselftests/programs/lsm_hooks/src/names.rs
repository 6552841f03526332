// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// The answers of a program.
pub(crate) const ALLOW: u64 = 0;
pub(crate) const FORBID: u64 = 1;
pub(crate) const POSITIVE: u64 = 2;
pub(crate) const HELPER: u64 = 3;
pub(crate) const TOO_NEGATIVE: u64 = 4;
pub(crate) const PANIC: u64 = 5;

/// Elements of `config`: the process, and the answer to it.
pub(crate) const PROCESS: u32 = 0;
pub(crate) const ANSWER: u32 = 1;

/// Elements of `seen`: calls of the hook, arguments of the last one, the nice value
/// in it, and whether it has no third argument.
pub(crate) const CALLS: u32 = 0;
pub(crate) const NR_ARGS: u32 = 1;
pub(crate) const NICE: u32 = 2;
pub(crate) const NO_THIRD_ARG: u32 = 3;

/// The size of an object that is loaded, and its first four bytes.
pub(crate) const OBJECT_SIZE: u32 = 4;
pub(crate) const OBJECT_MAGIC: u32 = 5;
