// SPDX-License-Identifier: GPL-2.0
//! Maps of maps: userspace makes the maps in them, and exchanges them.
//! C counterpart: `kernel/bpf/map_in_map.c`.

use core::marker::PhantomData;
use core::ptr::NonNull;

use super::element::MapRef;
use super::handle::{self, Keyed, MapOfMaps, MapType, RexMapHandle};
use crate::linux::bpf::{
    BPF_ANY, BPF_MAP_TYPE_ARRAY_OF_MAPS, BPF_MAP_TYPE_HASH_OF_MAPS,
    BPF_MAP_TYPE_LPM_TRIE, bpf_map_type,
};
use crate::pod::Pod;
use crate::program::Run;
use crate::rt::ffi;
use crate::utils::{Result, to_result};

/// An array of maps that are like M: a type of map with keys, such as
/// `RexHashMap<u32, u64>`.
pub type RexArrayOfMaps<M> = RexMapHandle<BPF_MAP_TYPE_ARRAY_OF_MAPS, u32, M>;
/// A hash table of maps that are like M.
pub type RexHashOfMaps<K, M> = RexMapHandle<BPF_MAP_TYPE_HASH_OF_MAPS, K, M>;

impl<const MT: bpf_map_type, K, const IT: bpf_map_type, IK, IV>
    RexMapHandle<MT, K, RexMapHandle<IT, IK, IV>>
where
    K: Pod,
    IK: Pod,
    IV: Pod,
    MapType<MT>: MapOfMaps,
    MapType<IT>: Keyed,
{
    /// The map at `key`, for the rest of the run: if userspace puts another one
    /// in its place, this one stays until then.
    #[inline]
    pub fn get<'run>(
        &'static self,
        _obj: &'run impl Run,
        key: &K,
    ) -> Option<InnerMap<'run, IT, IK, IV>> {
        let map = self.kernel_map()?;
        // SAFETY: the map is one with these keys, by the handle's invariant.
        let inner =
            unsafe { ffi::bpf_map_lookup_elem(map, handle::pointer(key)) };
        // INVARIANT: the map in it is of this type and sizes, since the kernel
        // takes no other. It is not freed before the RCU read section ends that
        // the program runs in, and `obj` is borrowed for `'run`.
        Some(InnerMap {
            map: NonNull::new(inner)?.as_ptr().expose_provenance() as u64,
            _run: PhantomData,
            _types: PhantomData,
        })
    }
}

/// A map out of a map of maps.
///
/// # Invariants
///
/// `map` is a `struct bpf_map *` of this type, with these keys and values, that
/// is there during `'run`.
pub struct InnerMap<'run, const MT: bpf_map_type, K, V> {
    map: u64,
    /// Not beyond the run; neither `Send` nor `Sync`.
    _run: PhantomData<(&'run (), *mut ())>,
    _types: PhantomData<fn(K) -> V>,
}

impl<'run, const MT: bpf_map_type, K: Pod, V: Pod> InnerMap<'run, MT, K, V>
where
    MapType<MT>: Keyed,
{
    /// The element at `key`.
    #[inline]
    pub fn lookup(&self, key: &K) -> Option<MapRef<'run, V>> {
        // SAFETY: the map is one with these keys, by the type's invariant.
        let value = unsafe { handle::lookup_in::<MT, K>(self.map, key) };
        let value = NonNull::new(value)?.cast();
        Some(if MT == BPF_MAP_TYPE_LPM_TRIE {
            // SAFETY: a value of this map is a V, and is not freed before the RCU
            // read section ends that the program runs in.
            unsafe { MapRef::new_unaligned(value) }
        } else {
            // SAFETY: the same, and it is aligned to 8 bytes.
            unsafe { MapRef::new(value) }
        })
    }

    /// A copy of the value at `key`.
    #[inline]
    pub fn get(&self, key: &K) -> Option<V> {
        self.lookup(key).map(|element| element.get())
    }

    /// Stores `value` at `key`, whether there is an element or not.
    #[inline]
    pub fn insert(&self, key: &K, value: &V) -> Result {
        // SAFETY: the map has these keys and values, by the type's invariant.
        to_result(unsafe {
            ffi::bpf_map_update_elem(
                self.map,
                handle::pointer(key),
                handle::pointer(value),
                BPF_ANY,
            )
        })
    }

    /// Deletes the element at `key`.
    #[inline]
    pub fn delete(&self, key: &K) -> Result {
        // SAFETY: the map has these keys, by the type's invariant.
        to_result(unsafe {
            ffi::bpf_map_delete_elem(self.map, handle::pointer(key))
        })
    }
}
