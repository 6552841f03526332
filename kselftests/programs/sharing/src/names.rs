// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its tests: a C header is made of them.

/// `dup` of these descriptors is an act. This one counts an event.
pub(crate) const COUNT: u64 = 0x5e1f_7200;
/// Changes the value under the lock.
pub(crate) const CHANGE: u64 = 0x5e1f_7201;
/// Takes the lock twice.
pub(crate) const TWICE: u64 = 0x5e1f_7202;
/// Takes the lock for half a second, or until `RELEASE` is set.
pub(crate) const HOLD: u64 = 0x5e1f_7203;
/// Does the same, and panics.
pub(crate) const FAIL: u64 = 0x5e1f_7204;
/// Leaks the guard of the lock.
pub(crate) const FORGET: u64 = 0x5e1f_7205;
/// Writes and reads parts of values of maps.
pub(crate) const PARTS: u64 = 0x5e1f_7206;
/// Adds up the elements of a hash table.
pub(crate) const WALK: u64 = 0x5e1f_7207;
/// Does the same, and deletes each.
pub(crate) const CLEAR: u64 = 0x5e1f_7208;
/// Does the same, and deletes those with odd keys.
pub(crate) const PRUNE: u64 = 0x5e1f_720c;
/// Allocates 1000 bytes that stay, unless three quarters of the heap are in use.
pub(crate) const KEEP: u64 = 0x5e1f_7209;
/// Allocates more than the heap has, with an error.
pub(crate) const TRY: u64 = 0x5e1f_720a;
/// Allocates more than the heap has, with a panic.
pub(crate) const FILL: u64 = 0x5e1f_720b;

/// Indices into `NOTES`.
pub(crate) const ERROR: u32 = 0;
pub(crate) const CALLS: u32 = 1;
pub(crate) const BYTES: u32 = 2;
pub(crate) const SUM: u32 = 3;
pub(crate) const STEPS: u32 = 4;
pub(crate) const WRONG: u32 = 5;
pub(crate) const SHED: u32 = 6;
pub(crate) const SWITCH_ERROR: u32 = 7;
pub(crate) const HEAP_SIZE: u32 = 8;
pub(crate) const HEAP_USED: u32 = 9;
pub(crate) const NR_NOTES: u32 = 10;

/// The size of a value that exceeds the limit of a function's stack.
pub(crate) const LARGE: u64 = 65536;
