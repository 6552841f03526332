// SPDX-License-Identifier: GPL-2.0
//! Hash tables.
//! C counterpart: `kernel/bpf/hashtab.c`.

use super::handle::RexMapHandle;
use crate::linux::bpf::{
    BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LRU_HASH, BPF_MAP_TYPE_LRU_PERCPU_HASH,
    BPF_MAP_TYPE_PERCPU_HASH, BPF_NOEXIST,
};
use crate::pod::Pod;
use crate::spinlock::SpinLocked;
use crate::utils::Result;

/// A hash table.
pub type RexHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_HASH, K, V>;
/// A hash table of which every CPU has its own values; programs see that of their
/// CPU.
pub type RexPerCPUHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_PERCPU_HASH, K, V>;
/// A hash table in which, when it is full, the element that was not used for the
/// longest time makes room for a new one.
///
/// In an NMI, and on top of another program that changes such a table or an
/// [`RexLpmTrie`](super::RexLpmTrie), it cannot be changed: `-EBUSY`.
pub type RexLruHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_LRU_HASH, K, V>;
/// As [`RexLruHashMap`], and every CPU has its own values.
pub type RexLruPerCPUHashMap<K, V> =
    RexMapHandle<BPF_MAP_TYPE_LRU_PERCPU_HASH, K, V>;

super::table::tables! {
    RexHashMap<K>
    RexPerCPUHashMap<K>
    RexLruHashMap<K>
    RexLruPerCPUHashMap<K>
}

impl<K: Pod, T: Pod> RexHashMap<K, SpinLocked<T>> {
    /// Stores `value` at `key` if there is no element yet, else `-EEXIST`. An
    /// element that there is, is changed under its lock.
    pub fn insert_new(&'static self, key: &K, value: &T) -> Result {
        let bytes = SpinLocked::bytes_of(value);
        // SAFETY: all bytes are initialised, and the lock is not held.
        unsafe { self.update_from(key, bytes.as_ptr(), BPF_NOEXIST) }
    }

    /// Deletes the element at `key`. Not with a lock held: `-EDEADLK`.
    pub fn delete(&'static self, key: &K) -> Result {
        self.delete_elem(key)
    }
}
