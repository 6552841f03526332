// SPDX-License-Identifier: GPL-2.0
//! Maps of maps: userspace makes the maps in them, and exchanges them.
//! C counterpart: `kernel/bpf/map_in_map.c`.

use core::marker::PhantomData;
use core::ptr::NonNull;

use super::MissingMapAttribute;
use super::array::{Array, PerCpuArray};
use super::element::MapRef;
use super::handle::{self, Keyed, MapOfMaps, MapType, RexMapHandle};
use super::hash::{HashMap, LruHashMap, LruPerCpuHashMap, PerCpuHashMap};
use super::lpm::{LpmKey, LpmTrie};
use crate::context::Context;
use crate::error::done;
use crate::linux::bpf::{
    BPF_ANY, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_ARRAY_OF_MAPS, BPF_MAP_TYPE_HASH,
    BPF_MAP_TYPE_HASH_OF_MAPS, BPF_MAP_TYPE_LPM_TRIE, BPF_MAP_TYPE_LRU_HASH,
    BPF_MAP_TYPE_LRU_PERCPU_HASH, BPF_MAP_TYPE_PERCPU_ARRAY,
    BPF_MAP_TYPE_PERCPU_HASH, bpf_map_type,
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
    /// Returns the map at `key`, which stays until the run ends, even if userspace
    /// replaces it.
    #[inline]
    pub fn get<'run>(
        &'static self,
        _obj: &'run impl Run,
        key: &K,
    ) -> Option<InnerMap<'run, IT, IK, IV>> {
        let map = self.address_of(key)?;
        // INVARIANT: the map in it is of this type and sizes, since the kernel accepts
        // no other. It is not freed before the program's RCU read section ends, and
        // `obj` is borrowed for `'run`.
        Some(InnerMap::new(map))
    }
}

impl<const MT: bpf_map_type, K: Pod, M> RexMapHandle<MT, K, M>
where
    MapType<MT>: MapOfMaps,
{
    /// Returns the kernel's map at `key`.
    #[inline]
    fn address_of(&self, key: &K) -> Option<u64> {
        let map = self.kernel_map()?;
        // SAFETY: the map has these keys, by the handle's invariant.
        let inner =
            unsafe { ffi::bpf_map_lookup_elem(map, handle::pointer(key)) };
        Some(NonNull::new(inner)?.as_ptr().expose_provenance() as u64)
    }
}

/// A map in a map of maps.
///
/// # Invariants
///
/// `map` is a `struct bpf_map *` of this type, with these keys and values, that is valid
/// during `'run`.
pub struct InnerMap<'run, const MT: bpf_map_type, K, V> {
    map: u64,
    /// It ends with the run, and is neither `Send` nor `Sync`.
    _run: PhantomData<(&'run (), *mut ())>,
    _types: PhantomData<fn(K) -> V>,
}

impl<const MT: bpf_map_type, K, V> InnerMap<'_, MT, K, V> {
    /// Makes an inner map. `map` has to keep the type's invariant.
    #[inline(always)]
    fn new(map: u64) -> Self {
        Self {
            map,
            _run: PhantomData,
            _types: PhantomData,
        }
    }
}

impl<'run, const MT: bpf_map_type, K: Pod, V: Pod> InnerMap<'run, MT, K, V>
where
    MapType<MT>: Keyed,
{
    /// Returns the element at `key`.
    #[inline]
    pub fn lookup(&self, key: &K) -> Option<MapRef<'run, V>> {
        // SAFETY: the map has these keys, by the type's invariant.
        let value = unsafe { handle::lookup_in::<MT, K>(self.map, key) };
        let value = NonNull::new(value)?.cast();
        Some(if MT == BPF_MAP_TYPE_LPM_TRIE {
            // SAFETY: a value of this map is a V, and is not freed before the program's
            // RCU read section ends.
            unsafe { MapRef::new_unaligned(value) }
        } else {
            // SAFETY: the same, and it is aligned to 8 bytes.
            unsafe { MapRef::new(value) }
        })
    }

    /// Returns a copy of the value at `key`.
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

/// Maps that an [`ArrayOfMaps`] or a [`HashOfMaps`] can contain: they have keys, and
/// values of plain data.
///
/// # Safety
///
/// The type is laid out as a `RexMapHandle` of the same type of map, with the same keys
/// and values, as `Inner` is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be in a map of maps",
    note = "a map in it has keys, and values that are plain data"
)]
pub unsafe trait Nested: handle::sealed::Sealed + Sized {
    /// A map in a map of maps.
    type Inner<'run>;

    /// Returns the kernel's map at `map`.
    ///
    /// # Safety
    ///
    /// It is a `struct bpf_map *` of a map like this, valid during `'run`.
    #[doc(hidden)]
    unsafe fn inner<'run>(map: u64) -> Self::Inner<'run>;
}

macro_rules! nested {
    ($($name:ident<$($param:ident),*>[$key:ty] = $map_type:ident,)*) => {
        $(
            // SAFETY: it is a transparent handle of this type of map.
            unsafe impl<$($param: Pod),*> Nested for $name<$($param),*> {
                type Inner<'run> = Table<'run, $map_type, $key, V>;

                #[inline(always)]
                unsafe fn inner<'run>(map: u64) -> Self::Inner<'run> {
                    // INVARIANT: the caller's word.
                    Table(InnerMap::new(map))
                }
            }
        )*
    };
}

nested! {
    Array<V>[u32] = BPF_MAP_TYPE_ARRAY,
    PerCpuArray<V>[u32] = BPF_MAP_TYPE_PERCPU_ARRAY,
    HashMap<K, V>[K] = BPF_MAP_TYPE_HASH,
    PerCpuHashMap<K, V>[K] = BPF_MAP_TYPE_PERCPU_HASH,
    LruHashMap<K, V>[K] = BPF_MAP_TYPE_LRU_HASH,
    LruPerCpuHashMap<K, V>[K] = BPF_MAP_TYPE_LRU_PERCPU_HASH,
    LpmTrie<K, V>[LpmKey<K>] = BPF_MAP_TYPE_LPM_TRIE,
}

/// A map in an [`ArrayOfMaps`] or a [`HashOfMaps`].
pub struct Table<'run, const MT: bpf_map_type, K, V>(InnerMap<'run, MT, K, V>);

impl<'run, const MT: bpf_map_type, K: Pod, V: Pod> Table<'run, MT, K, V>
where
    MapType<MT>: Keyed,
{
    /// Returns the element at `key`, which can be changed in place. See [`MapRef`].
    #[doc(alias = "bpf_map_lookup_elem")]
    #[inline(always)]
    pub fn lookup(&self, key: K) -> Option<MapRef<'run, V>> {
        self.0.lookup(&key)
    }

    /// Returns a copy of the value at `key`.
    #[doc(alias = "bpf_map_lookup_elem")]
    #[inline(always)]
    pub fn get(&self, key: K) -> Option<V> {
        self.0.get(&key)
    }

    /// Stores `value` at `key`, whether there is an element or not.
    ///
    /// # Errors
    ///
    /// `E2BIG` if there is no room, `ENOMEM` if there is no memory, `EBUSY` or `EDEADLK`
    /// if the program interrupts a change of the map.
    #[doc(alias = "bpf_map_update_elem")]
    #[inline(always)]
    pub fn insert(&self, key: K, value: V) -> crate::error::Result {
        done(self.0.insert(&key, &value))
    }

    /// Deletes the element at `key`.
    ///
    /// # Errors
    ///
    /// `ENOENT` if there is none, `EINVAL` in an array; `EBUSY` or `EDEADLK` if the
    /// program interrupts a change of the map.
    #[doc(alias = "bpf_map_delete_elem")]
    #[inline(always)]
    pub fn remove(&self, key: K) -> crate::error::Result {
        done(self.0.delete(&key))
    }
}

macro_rules! of_maps {
    (
        $(#[$doc:meta])*
        $name:ident<$($param:ident: $bound:path),*>[$key:ty] = $inner:ty
    ) => {
        $(#[$doc])*
        #[repr(transparent)]
        pub struct $name<$($param: $bound),*>($inner);

        impl<$($param: $bound),*> handle::sealed::Sealed for $name<$($param),*> {}
        impl<$($param: $bound),*> super::__IsMap for $name<$($param),*> {}

        impl<$($param: $bound),*> $name<$($param),*> {
            /// Makes a map with room for `max_entries` maps that are like `inner`.
            pub const fn with_inner(
                max_entries: u32,
                inner: MissingMapAttribute<M>,
            ) -> MissingMapAttribute<Self> {
                let inner = inner.into_inner();
                let handle = (&raw const inner).cast::<RexMapHandle<0, (), ()>>();
                // SAFETY: by `Nested`, `inner` is laid out as a handle, and all handles
                // have the same fields.
                let of_inner = unsafe { &*handle }.inner();
                core::mem::forget(inner);
                MissingMapAttribute::new(
                    Self(<$inner>::of_maps(max_entries, 0, of_inner)),
                    <$inner>::SHAPES_OF_MAPS,
                )
            }

            /// Returns the map at `key`, which stays until the run ends, even if
            /// userspace replaces it.
            #[doc(alias = "bpf_map_lookup_elem")]
            #[inline(always)]
            pub fn get<'run>(
                &'static self,
                _ctx: &Context<'run>,
                key: $key,
            ) -> Option<M::Inner<'run>> {
                let map = self.0.address_of(&key)?;
                // SAFETY: the map in it is like the one that it was made with, since the
                // kernel accepts no other. It is not freed before the program's RCU read
                // section ends, which does not end before `'run`, by the invariant of
                // `Context`.
                Some(unsafe { M::inner(map) })
            }
        }
    };
}

of_maps! {
    /// An array of maps like M, which userspace makes and exchanges.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    /// /// Counters by process; userspace takes the table and puts in an empty one.
    /// #[map]
    /// static COUNTERS: ArrayOfMaps<HashMap<u32, u64>> =
    ///     ArrayOfMaps::with_inner(1, HashMap::with_max_entries(1024));
    ///
    /// #[kprobe("vfs_read")]
    /// fn on_read(ctx: &mut KprobeContext) -> Result {
    ///     let table = COUNTERS.get(ctx, 0).ok_or(Errno::ENOENT)?;
    ///     table.insert(ctx.tgid(), table.get(ctx.tgid()).unwrap_or(0) + 1)
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_ARRAY_OF_MAPS")]
    ArrayOfMaps<M: Nested>[u32] = RexArrayOfMaps<M>
}
of_maps! {
    /// A hash table of maps like M, which userspace makes and exchanges.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use rex::prelude::*;
    ///
    /// /// The ports that may be used, by cgroup.
    /// #[map]
    /// static RULES: HashOfMaps<u64, HashMap<u16, u32>> =
    ///     HashOfMaps::with_inner(100, HashMap::with_max_entries(1024));
    ///
    /// fn is_allowed(ctx: &Context, cgroup: u64, port: u16) -> bool {
    ///     RULES
    ///         .get(ctx, cgroup)
    ///         .is_none_or(|ports| ports.get(port).is_some())
    /// }
    /// ```
    #[doc(alias = "BPF_MAP_TYPE_HASH_OF_MAPS")]
    HashOfMaps<K: Pod, M: Nested>[K] = RexHashOfMaps<K, M>
}
