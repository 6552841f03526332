// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `orders`: the process whose events count, the address to read at, and what
/// to do.
pub(crate) const PROCESS: u32 = 0;
pub(crate) const ADDRESS: u32 = 1;
pub(crate) const ACT: u32 = 2;

/// Acts. Read what is in memory.
pub(crate) const READ_PRESENT: u64 = 0;
/// Copy a number, a string, and many bytes, which may have to be waited for.
pub(crate) const COPY: u64 = 1;
pub(crate) const COPY_STR: u64 = 2;
pub(crate) const COPY_LONG: u64 = 3;
/// Copy with values on a deep stack, and look at them.
pub(crate) const COPY_DEEP: u64 = 4;
/// Copy, then panic or loop.
pub(crate) const COPY_PANIC: u64 = 5;
pub(crate) const COPY_LOOP: u64 = 6;
/// Copy, from one page after the other, until it fails, and loop for some time before each.
pub(crate) const COPY_MANY: u64 = 7;
/// Copy while the run holds something.
pub(crate) const COPY_LOCKED: u64 = 8;
pub(crate) const COPY_WITH_RECORD: u64 = 9;
pub(crate) const COPY_WITH_TASK: u64 = 10;
/// Copy, and count in a static.
pub(crate) const COPY_COUNT: u64 = 11;
/// Panic at once.
pub(crate) const PANIC: u64 = 12;
/// Copy in the message of a panic.
pub(crate) const COPY_IN_PANIC: u64 = 13;
/// Copy until the copy fails by EINTR, and then forever.
pub(crate) const COPY_FOREVER: u64 = 14;
/// Copy with the guard of a lock in a static.
pub(crate) const COPY_WITH_GUARD: u64 = 15;

/// As COPY_MANY, with shorter loops.
pub(crate) const COPY_MORE: u64 = 16;

/// Bytes of COPY_LONG, and the calls of COPY_DEEP, of 512 bytes each.
pub(crate) const LONG: u64 = 10000;
pub(crate) const DEPTH: u64 = 20;
/// Milliseconds of the loops of COPY_MANY and COPY_MORE.
pub(crate) const LOOP_MS: u64 = 30;
pub(crate) const SHORT_LOOP_MS: u64 = 2;

/// Elements of `seen`: the events, what the last one gave or the negative number of its
/// error, and the value that was read.
pub(crate) const CALLS: u32 = 0;
pub(crate) const RESULT: u32 = 1;
pub(crate) const VALUE: u32 = 2;
/// The runs that have begun to copy, and those that have come back.
pub(crate) const BEGUN: u32 = 3;
pub(crate) const BACK: u32 = 4;
/// Runs of `on_other`, and the static's value.
pub(crate) const OTHERS: u32 = 5;
pub(crate) const COUNT: u32 = 6;
/// The CPUs of the last copy that came back, before and after.
pub(crate) const CPU_BEFORE: u32 = 7;
pub(crate) const CPU_AFTER: u32 = 8;
/// The result of `on_other` when it takes the lock of COPY_WITH_GUARD, as RESULT.
pub(crate) const GUARD: u32 = 9;
