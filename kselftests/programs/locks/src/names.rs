// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Adds 1 to all words of `shared[0]`, which have to be the same before.
pub(crate) const ADD: u64 = 0x5e1f_2000;

/// Does the same to an element of `by_key`, whose key is the thread's id modulo
/// 4. The element is inserted if it is missing.
pub(crate) const ADD_BY_KEY: u64 = 0x5e1f_2001;

/// Takes `control[NUMBER]` locks of `many`, and panics, runs forever, or leaks
/// them.
pub(crate) const PANIC: u64 = 0x5e1f_2002;
pub(crate) const SPIN: u64 = 0x5e1f_2003;
pub(crate) const FORGET: u64 = 0x5e1f_2004;

/// Takes and releases all locks of `many`, of `shared` and of `by_key[7]`.
pub(crate) const TAKE_ALL: u64 = 0x5e1f_2005;

/// Takes a lock twice.
pub(crate) const TWICE: u64 = 0x5e1f_2006;

/// Takes the locks of `shared[0]` and `shared[1]`, in that order or the other,
/// the second one when another run has taken it.
pub(crate) const FORTH: u64 = 0x5e1f_2007;
pub(crate) const BACK: u64 = 0x5e1f_2008;

/// Holds the lock of `shared[0]` until `control[GO_ON]` is not 0, checks that
/// its value has not changed, and adds 1000 to it.
pub(crate) const HOLD: u64 = 0x5e1f_2009;

/// Tries operations that are refused and allowed with a lock held.
pub(crate) const CHECK: u64 = 0x5e1f_200a;

/// Takes the lock of `many[0]` and releases it, forever.
pub(crate) const LOCK_FOR_EVER: u64 = 0x5e1f_200b;

/// Elements of `control`.
pub(crate) const NUMBER: u32 = 0;
pub(crate) const GO_ON: u32 = 1;
pub(crate) const IN_SOFTIRQ: u32 = 2;

/// Elements of `results`.
pub(crate) const HOLDING: u32 = 0;
pub(crate) const TORN: u32 = 1;
pub(crate) const LOCKED: u32 = 2;
pub(crate) const FAILED: u32 = 3;
pub(crate) const ERROR: u32 = 4;
pub(crate) const WORDS: usize = 16;
