// SPDX-License-Identifier: GPL-2.0
//! The kinds of maps.

use super::handle::RexMapHandle;
use super::lpm::LpmKey;
use crate::ffi;
use crate::linux::bpf::{
    BPF_ANY, BPF_EXIST, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_BLOOM_FILTER,
    BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LPM_TRIE, BPF_MAP_TYPE_LRU_HASH,
    BPF_MAP_TYPE_LRU_PERCPU_HASH, BPF_MAP_TYPE_PERCPU_ARRAY,
    BPF_MAP_TYPE_PERCPU_HASH, BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK,
    BPF_NOEXIST,
};
use crate::linux::errno::EINVAL;
use crate::pod::Pod;
use crate::spinlock::SpinLocked;
use crate::utils::{Result, to_result};

/// A hash table.
pub type RexHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_HASH, K, V>;
/// A hash table of which every CPU has its own values; programs see that of their
/// CPU.
pub type RexPerCPUHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_PERCPU_HASH, K, V>;
/// A hash table in which, when it is full, the element that was not used for the
/// longest time makes room for a new one.
///
/// In an NMI, and on top of another program that changes such a table or an
/// [`RexLpmTrie`], it cannot be changed: `-EBUSY`.
pub type RexLruHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_LRU_HASH, K, V>;
/// As [`RexLruHashMap`], and every CPU has its own values.
pub type RexLruPerCPUHashMap<K, V> =
    RexMapHandle<BPF_MAP_TYPE_LRU_PERCPU_HASH, K, V>;
/// A table of prefixes, such as networks. A lookup finds the longest one that its
/// key begins with. As to `-EBUSY`, see [`RexLruHashMap`].
pub type RexLpmTrie<K, V> = RexMapHandle<BPF_MAP_TYPE_LPM_TRIE, LpmKey<K>, V>;
/// An array. All elements exist, and are zero at first.
pub type RexArrayMap<V> = RexMapHandle<BPF_MAP_TYPE_ARRAY, u32, V>;
/// An array of which every CPU has its own; programs see that of their CPU.
pub type RexPerCPUArrayMap<V> = RexMapHandle<BPF_MAP_TYPE_PERCPU_ARRAY, u32, V>;
/// Last in, first out.
pub type RexStack<V> = RexMapHandle<BPF_MAP_TYPE_STACK, (), V>;
/// First in, first out.
pub type RexQueue<V> = RexMapHandle<BPF_MAP_TYPE_QUEUE, (), V>;
/// A set that forgets nothing, and may contain more than was put in it.
pub type RexBloomFilter<V> = RexMapHandle<BPF_MAP_TYPE_BLOOM_FILTER, (), V>;

macro_rules! tables {
    ($($name:ident<$key:ty>)*) => {
        $(
            impl<K: Pod, V: Pod> $name<K, V> {
                /// Stores `value` at `key`, whether there is an element or not.
                pub fn insert(&'static self, key: &$key, value: &V) -> Result {
                    self.update_elem(key, value, BPF_ANY)
                }

                /// Stores `value` at `key` if there is no element yet, else
                /// `-EEXIST`.
                pub fn insert_new(
                    &'static self,
                    key: &$key,
                    value: &V,
                ) -> Result {
                    self.update_elem(key, value, BPF_NOEXIST)
                }

                /// Stores `value` at `key` if there is an element, else
                /// `-ENOENT`.
                pub fn update(&'static self, key: &$key, value: &V) -> Result {
                    self.update_elem(key, value, BPF_EXIST)
                }

                /// A copy of the value at `key`. To change it in place, look it
                /// up with `obj.bpf_map_lookup_elem`.
                pub fn get(&'static self, key: &$key) -> Option<V> {
                    // SAFETY: the reference does not leave this function.
                    unsafe { self.lookup(key) }.map(|element| element.get())
                }

                /// Deletes the element at `key`.
                pub fn delete(&'static self, key: &$key) -> Result {
                    self.delete_elem(key)
                }
            }
        )*
    };
}

tables! {
    RexHashMap<K>
    RexPerCPUHashMap<K>
    RexLruHashMap<K>
    RexLruPerCPUHashMap<K>
    RexLpmTrie<LpmKey<K>>
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

macro_rules! arrays {
    ($($name:ident)*) => {
        $(
            impl<V: Pod> $name<V> {
                /// Stores `value` at index `key`; `-E2BIG` if that is beyond the
                /// end.
                pub fn insert(&'static self, key: &u32, value: &V) -> Result {
                    self.update_elem(key, value, BPF_ANY)
                }

                /// A copy of the value at index `key`. To change it in place,
                /// look it up with `obj.bpf_map_lookup_elem`.
                pub fn get(&'static self, key: &u32) -> Option<V> {
                    // SAFETY: the reference does not leave this function.
                    unsafe { self.lookup(key) }.map(|element| element.get())
                }

                /// Always `-EINVAL`: elements of arrays cannot be deleted.
                pub fn delete(&'static self, key: &u32) -> Result {
                    self.delete_elem(key)
                }
            }
        )*
    };
}

arrays! { RexArrayMap RexPerCPUArrayMap }

macro_rules! sequences {
    ($($name:ident)*) => {
        $(
            impl<V: Pod> $name<V> {
                /// Adds `value`; `-E2BIG` if there is no room.
                pub fn push(&'static self, value: &V) -> Result {
                    self.push_elem(value, BPF_ANY)
                }

                /// Adds `value`; if there is no room, the oldest value goes.
                pub fn force_push(&'static self, value: &V) -> Result {
                    self.push_elem(value, BPF_EXIST)
                }

                /// Takes the next value out.
                pub fn pop(&'static self) -> Option<V> {
                    self.pop_elem()
                }

                /// The next value, which stays.
                pub fn peek(&'static self) -> Option<V> {
                    self.peek_elem()
                }
            }
        )*
    };
}

sequences! { RexStack RexQueue }

impl<V: Pod> RexBloomFilter<V> {
    /// The same filter with `number` hash functions, at most 15. Without this,
    /// there are 5.
    pub const fn with_hash_functions(self, number: u32) -> Self {
        assert!(number > 0 && number < 16, "1 to 15 hash functions");
        self.with_extra(number)
    }

    /// Adds `value`.
    pub fn insert(&'static self, value: &V) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        // SAFETY: the map has these values, by the handle's invariant.
        to_result(unsafe {
            ffi::bpf_map_push_elem(
                map,
                core::ptr::from_ref(value).cast(),
                BPF_ANY,
            )
        })
    }

    /// Whether `value` may have been added. False: it was not.
    pub fn contains(&'static self, value: &V) -> bool {
        let Some(map) = self.kernel_map() else {
            return false;
        };
        let mut copy = *value;
        // SAFETY: the map has these values, by the handle's invariant. It only
        // reads this one.
        let ret =
            unsafe { ffi::bpf_map_peek_elem(map, (&raw mut copy).cast()) };
        ret == 0
    }
}
