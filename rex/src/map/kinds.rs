// SPDX-License-Identifier: GPL-2.0
//! The kinds of maps.

use super::handle::RexMapHandle;
use crate::linux::bpf::{
    BPF_ANY, BPF_EXIST, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_HASH,
    BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK,
    BPF_NOEXIST,
};
use crate::pod::Pod;
use crate::utils::Result;

/// A hash table.
pub type RexHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_HASH, K, V>;
/// An array. All elements exist, and are zero at first.
pub type RexArrayMap<V> = RexMapHandle<BPF_MAP_TYPE_ARRAY, u32, V>;
/// An array of which every CPU has its own; programs see that of their CPU.
pub type RexPerCPUArrayMap<V> = RexMapHandle<BPF_MAP_TYPE_PERCPU_ARRAY, u32, V>;
/// Last in, first out.
pub type RexStack<V> = RexMapHandle<BPF_MAP_TYPE_STACK, (), V>;
/// First in, first out.
pub type RexQueue<V> = RexMapHandle<BPF_MAP_TYPE_QUEUE, (), V>;

impl<K: Pod, V: Pod> RexHashMap<K, V> {
    /// Stores `value` at `key`, whether there is an element or not.
    pub fn insert(&'static self, key: &K, value: &V) -> Result {
        self.update_elem(key, value, BPF_ANY)
    }

    /// Stores `value` at `key` if there is no element yet, else `-EEXIST`.
    pub fn insert_new(&'static self, key: &K, value: &V) -> Result {
        self.update_elem(key, value, BPF_NOEXIST)
    }

    /// Stores `value` at `key` if there is an element, else `-ENOENT`.
    pub fn update(&'static self, key: &K, value: &V) -> Result {
        self.update_elem(key, value, BPF_EXIST)
    }

    /// A copy of the value at `key`. To change it in place, look it up with
    /// `obj.bpf_map_lookup_elem`.
    pub fn get(&'static self, key: &K) -> Option<V> {
        // SAFETY: the reference does not leave this function.
        unsafe { self.lookup(key) }.map(|element| element.get())
    }

    /// Deletes the element at `key`.
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
