// SPDX-License-Identifier: GPL-2.0
//! Names that the program shares with its test: a C header is made of them.

/// Inserts keys 0 to `control[KEY]` in both LRU maps, using key 0 after each.
pub(crate) const FILL_LRU: u64 = 0x5e1f_4000;

/// Counts in the per-CPU maps at `control[KEY]`.
pub(crate) const COUNT_PER_CPU: u64 = 0x5e1f_4001;

/// Sums up the per-CPU maps at `control[KEY]` over `control[CPUS]` CPUs.
pub(crate) const SUM_PER_CPU: u64 = 0x5e1f_4002;

/// Looks up the address `control[KEY]`.
pub(crate) const LOOKUP_NETWORK: u64 = 0x5e1f_4003;

/// Inserts the network of `control[PREFIX]` bits around `control[KEY]`, with
/// `control[VALUE]`.
pub(crate) const INSERT_NETWORK: u64 = 0x5e1f_4004;

/// Deletes this network.
pub(crate) const DELETE_NETWORK: u64 = 0x5e1f_4005;

/// Adds `control[KEY]` to the filters.
pub(crate) const ADD_TO_SET: u64 = 0x5e1f_4006;

/// Looks up `control[KEY]` in the filters.
pub(crate) const IS_IN_SET: u64 = 0x5e1f_4007;

/// Adds 1 to the elements at 5 of the maps at `control[KEY]` in both maps of
/// maps, or inserts them.
pub(crate) const COUNT_IN_MAP: u64 = 0x5e1f_4008;

/// Deletes the element at 5 of the map at `control[KEY]` in `tables_by_key`.
pub(crate) const DELETE_IN_MAP: u64 = 0x5e1f_4009;

/// Pushes `control[VALUE]` to `queue` and `stack`.
pub(crate) const PUSH: u64 = 0x5e1f_400a;

/// Pops from `queue` and `stack`.
pub(crate) const POP: u64 = 0x5e1f_400b;

/// Counts in the element of the address `control[KEY]`, and in the element of 8 bytes
/// that begin with it.
pub(crate) const COUNT_IN_NETWORK: u64 = 0x5e1f_400c;

/// Does the same as `COUNT_IN_MAP` by the program `by_context` with its own maps of
/// maps, and deletes the element at 6 of the table.
pub(crate) const COUNT_BY_CONTEXT: u64 = 0x5e1f_400d;

/// Elements of `control`.
pub(crate) const KEY: u32 = 0;
pub(crate) const CPUS: u32 = 1;
pub(crate) const PREFIX: u32 = 2;
pub(crate) const VALUE: u32 = 3;

/// The value of an element of `results` without a result.
pub(crate) const NONE: u64 = 0xffff_ffff_ffff_ffff;

/// Elements of `results`: the number of keys inserted in the LRU maps.
pub(crate) const FILLED: u32 = 0;

/// Sums over all CPUs.
pub(crate) const HASH_SUM: u32 = 1;
pub(crate) const ARRAY_SUM: u32 = 2;

/// Values of networks: in `networks`, `names` and `halves`.
pub(crate) const IN_NETWORKS: u32 = 3;
pub(crate) const IN_NAMES: u32 = 4;
pub(crate) const IN_HALVES: u32 = 5;

/// 1 if the key is in `set` or `loose_set`.
pub(crate) const IN_SET: u32 = 6;
pub(crate) const IN_LOOSE_SET: u32 = 7;

/// 1 if `tables` or `tables_by_key` has a map there.
pub(crate) const HAS_TABLE: u32 = 8;
pub(crate) const HAS_ARRAY: u32 = 9;

/// Values that were popped.
pub(crate) const FROM_QUEUE: u32 = 10;
pub(crate) const FROM_STACK: u32 = 11;
