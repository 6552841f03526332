// SPDX-License-Identifier: GPL-2.0
//! Hash tables.
//! C counterpart: `kernel/bpf/hashtab.c`.

use super::MapValue;
use super::handle::RexMapHandle;
use crate::error::done;
use crate::linux::bpf::{
    BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LRU_HASH, BPF_MAP_TYPE_LRU_PERCPU_HASH,
    BPF_MAP_TYPE_PERCPU_HASH, BPF_NOEXIST,
};
use crate::pod::Pod;
use crate::spinlock::SpinLocked;
use crate::utils::Result;

/// A hash table.
pub type RexHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_HASH, K, V>;
/// A hash table with values for each CPU; programs see the one of their CPU.
pub type RexPerCPUHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_PERCPU_HASH, K, V>;
/// A hash table that, when it is full, evicts the least recently used element.
///
/// Changes fail with `-EBUSY` in an NMI, and in a program that interrupts a change of
/// such a table or an [`RexLpmTrie`](super::RexLpmTrie).
pub type RexLruHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_LRU_HASH, K, V>;
/// A [`RexLruHashMap`] with values for each CPU.
pub type RexLruPerCPUHashMap<K, V> =
    RexMapHandle<BPF_MAP_TYPE_LRU_PERCPU_HASH, K, V>;

super::table::tables! {
    RexHashMap<K>
    RexPerCPUHashMap<K>
    RexLruHashMap<K>
    RexLruPerCPUHashMap<K>
}

impl<K: Pod, T: Pod> RexHashMap<K, SpinLocked<T>> {
    /// Stores `value` at `key`; `-EEXIST` if there is an element. Change an existing
    /// element under its lock.
    pub fn insert_new(&'static self, key: &K, value: &T) -> Result {
        let bytes = SpinLocked::bytes_of(value);
        // SAFETY: all bytes are initialised, and the lock is not held.
        unsafe { self.update_from(key, bytes.as_ptr(), BPF_NOEXIST) }
    }

    /// Deletes the element at `key`; `-EDEADLK` with a lock held.
    pub fn delete(&'static self, key: &K) -> Result {
        self.delete_elem(key)
    }
}

super::wrapper::map! {
    /// A hash table.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// /// Bytes read, by process.
    /// #[map]
    /// static BYTES: HashMap<u32, u64> = HashMap::with_max_entries(1024);
    ///
    /// #[kretprobe("vfs_read")]
    /// fn on_read(ctx: &mut KretprobeContext) -> Result {
    ///     let length = u64::try_from(ctx.return_value() as i64).unwrap_or(0);
    ///     let before = BYTES.get(ctx.tgid()).unwrap_or(0);
    ///     BYTES.insert(ctx.tgid(), before + length)
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_HASH")]
    HashMap<K: Pod, V: MapValue> = RexHashMap<K, V>
}
super::wrapper::map! {
    /// A hash table with values for each CPU; programs see the one of their CPU.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// Switches to a task, by its process.
    /// #[map]
    /// static RUNS: PerCpuHashMap<u32, u64> = PerCpuHashMap::with_max_entries(1024);
    ///
    /// #[raw_tracepoint("sched_switch")]
    /// fn on_switch(ctx: &mut RawTracepointContext) -> Result {
    ///     let runs = RUNS.get(ctx.tgid()).unwrap_or(0);
    ///     RUNS.insert(ctx.tgid(), runs + 1)
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_PERCPU_HASH")]
    PerCpuHashMap<K: Pod, V: Pod> = RexPerCPUHashMap<K, V>
}
super::wrapper::map! {
    /// A hash table that, when it is full, evicts the least recently used element.
    ///
    /// Changes fail with `EBUSY` in an NMI, and in a program that interrupts a change
    /// of such a table or an [`LpmTrie`](super::LpmTrie).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// When a thread entered vfs_read. Threads that never return are evicted.
    /// #[map]
    /// static ENTRIES: LruHashMap<u32, Instant> = LruHashMap::with_max_entries(1024);
    ///
    /// #[fentry("vfs_read")]
    /// fn on_entry(ctx: &mut FentryContext) -> Result {
    ///     ENTRIES.insert(ctx.pid(), rex::time::now())
    /// }
    ///
    /// #[fexit("vfs_read")]
    /// fn on_return(ctx: &mut FexitContext) {
    ///     if let Some(entry) = ENTRIES.get(ctx.pid()) {
    ///         info!("{} ns", entry.elapsed().as_nanos());
    ///     }
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_LRU_HASH")]
    LruHashMap<K: Pod, V: Pod> = RexLruHashMap<K, V>
}
super::wrapper::map! {
    /// An [`LruHashMap`] with values for each CPU.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// Bytes by source address, of the sources that were seen last.
    /// #[map]
    /// static BYTES: LruPerCpuHashMap<u32, u64> =
    ///     LruPerCpuHashMap::with_max_entries(10_000);
    ///
    /// fn count(source: u32, length: u64) -> Result {
    ///     BYTES.insert(source, BYTES.get(source).unwrap_or(0) + length)
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_LRU_PERCPU_HASH")]
    LruPerCpuHashMap<K: Pod, V: Pod> = RexLruPerCPUHashMap<K, V>
}
super::wrapper::lookup! { HashMap<K: Pod, V: MapValue>[K] -> V }
super::wrapper::lookup! { PerCpuHashMap<K: Pod, V: Pod>[K] -> V }
super::wrapper::lookup! { LruHashMap<K: Pod, V: Pod>[K] -> V }
super::wrapper::lookup! { LruPerCpuHashMap<K: Pod, V: Pod>[K] -> V }
super::wrapper::table! { HashMap<K, V>[K] }
super::wrapper::table! { PerCpuHashMap<K, V>[K] }
super::wrapper::table! { LruHashMap<K, V>[K] }
super::wrapper::table! { LruPerCpuHashMap<K, V>[K] }
super::keys::iteration! {
    HashMap PerCpuHashMap LruHashMap LruPerCpuHashMap
}
super::wrapper::per_cpu! { PerCpuHashMap<K, V>[K] }
super::wrapper::per_cpu! { LruPerCpuHashMap<K, V>[K] }

impl<K: Pod, T: Pod> HashMap<K, SpinLocked<T>> {
    /// Stores `value` at `key` if there is no element. Change an existing element under
    /// its lock.
    ///
    /// # Errors
    ///
    /// `EEXIST` if there is one, `EDEADLK` with a lock held.
    #[doc(alias = "bpf_map_update_elem")]
    #[inline(always)]
    pub fn insert_new(&'static self, key: K, value: T) -> crate::error::Result {
        done(self.0.insert_new(&key, &value))
    }

    /// Deletes the element at `key`.
    ///
    /// # Errors
    ///
    /// `ENOENT` if there is none, `EDEADLK` with a lock held.
    #[doc(alias = "bpf_map_delete_elem")]
    #[inline(always)]
    pub fn remove(&'static self, key: K) -> crate::error::Result {
        done(self.0.delete(&key))
    }
}
