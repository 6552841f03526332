// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Elements of `orders`.
pub(crate) const PROCESS: u32 = 0;
/// What `acts` does for the process.
pub(crate) const ACT: u32 = 1;
/// The address of memory of the test.
pub(crate) const ADDRESS: u32 = 2;
/// The number of lines that `long` writes for an object.
pub(crate) const LINES: u32 = 3;

/// Elements of `seen`.
pub(crate) const OBJECTS: u32 = 0;
/// Runs after the last object.
pub(crate) const ENDS: u32 = 1;
/// Runs for an object for which the program has run before.
pub(crate) const AGAIN: u32 = 2;
/// Writes that did not fit.
pub(crate) const FULL: u32 = 3;
/// The result of a copy of memory, and the copy.
pub(crate) const RESULT: u32 = 4;
pub(crate) const VALUE: u32 = 5;
/// Words that are 0, since nothing can be read there.
pub(crate) const ZEROS: u32 = 6;

/// Acts of `acts`.
pub(crate) const PANIC: u64 = 1;
pub(crate) const SPIN: u64 = 2;
pub(crate) const OVERRUN: u64 = 3;
pub(crate) const ASK_AGAIN: u64 = 4;
