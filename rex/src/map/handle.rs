// SPDX-License-Identifier: GPL-2.0
//! The common part of all kinds of maps.

use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::mem::{MaybeUninit, offset_of, size_of};
use core::ptr::{self, NonNull};

use super::element::MapRef;
use super::value::MapValue;
use super::{MissingMapAttribute, list};
use crate::context::Context;
use crate::linux::bpf::{
    BPF_F_NO_PREALLOC, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_HASH,
    BPF_MAP_TYPE_LPM_TRIE, BPF_MAP_TYPE_PERF_EVENT_ARRAY, BPF_MAP_TYPE_RINGBUF,
    BPF_MAP_TYPE_USER_RINGBUF, bpf_map_type,
};
use crate::linux::errno::EINVAL;
use crate::pod::Pod;
use crate::rt::ffi;
use crate::shape::{Shaped, Shapes};
use crate::utils::{Result, to_result};

/// A field that the loader fills before the program runs for the first time.
#[repr(transparent)]
struct Slot<T>(UnsafeCell<T>);

impl<T: Copy> Slot<T> {
    #[inline(always)]
    fn get(&self) -> T {
        // SAFETY: the static is valid, and nothing writes to it while programs run.
        // The read is volatile, because the compiler knows of no write and would use
        // the initial value.
        unsafe { self.0.get().read_volatile() }
    }
}

/// A map of BPF type `MT`, with keys K and values V. See [`RexHashMap`] and its
/// siblings for names of the kinds.
///
/// [`RexHashMap`]: super::RexHashMap
///
/// # Invariants
///
/// If `map` is not 0, the loader has set it to a `struct bpf_map *` of exactly this
/// type and these sizes that lives as long as the program, with a lock in its values if and
/// only if V has one, and with no other special field. While programs run, it is 0 only in a
/// map with `OPTIONAL`, whose type is owned (`list::is_owned`). If `value` of an array
/// map is not 0, it is the address of elements that are `elem_size` apart, and
/// `index & index_mask` is `index` for every index below `max_entries`.
#[repr(C)]
pub struct RexMapHandle<const MT: bpf_map_type, K, V> {
    size: u32,
    map_type: u32,
    key_size: u32,
    value_size: u32,
    max_entries: u32,
    map_flags: u32,
    map: Slot<u64>,
    value: Slot<u64>,
    elem_size: Slot<u32>,
    index_mask: Slot<u32>,
    flags: u32,
    lock_offset: u32,
    map_extra: u32,
    inner_type: u32,
    inner_key_size: u32,
    inner_value_size: u32,
    inner_max_entries: u32,
    inner_map_flags: u32,
    _types: PhantomData<fn(K) -> V>,
}

const _: () = assert!(size_of::<RexMapHandle<0, (), ()>>() == 80);
const _: () = assert!(offset_of!(RexMapHandle<0, (), ()>, map) == 24);
const _: () = assert!(offset_of!(RexMapHandle<0, (), ()>, elem_size) == 40);
const _: () = assert!(offset_of!(RexMapHandle<0, (), ()>, lock_offset) == 52);

/// `REX_MAP_HAS_SPIN_LOCK`.
const HAS_SPIN_LOCK: u32 = 1 << 0;
/// `REX_MAP_OPTIONAL`.
const OPTIONAL: u32 = 1 << 1;

// SAFETY: the handle does not change while programs run, and the kernel's map
// operations may be called on all CPUs at once. It contains no K or V.
unsafe impl<const MT: bpf_map_type, K, V> Sync for RexMapHandle<MT, K, V> {}

pub(crate) mod sealed {
    pub trait Sealed {}
}

impl<const MT: bpf_map_type, K, V> sealed::Sealed for RexMapHandle<MT, K, V> {}
impl<const MT: bpf_map_type, K, V> super::__IsMap for RexMapHandle<MT, K, V> {}

/// A BPF map type, as a type.
pub struct MapType<const MT: bpf_map_type>;

/// Map types with keys.
pub trait Keyed: sealed::Sealed {}

/// Map types without keys.
pub trait Keyless: sealed::Sealed {}

/// Map types that have values for each CPU.
pub trait PerCpu: Keyed {}

/// Map types whose elements are maps.
pub trait MapOfMaps: sealed::Sealed {}

macro_rules! map_types {
    ($($kind:ident: $($map_type:ident)*;)*) => {
        $($(
            impl $crate::map::handle::$kind
                for $crate::map::handle::MapType<$map_type>
            {
            }
        )*)*
    };
}
pub(super) use map_types;

impl<const MT: bpf_map_type> sealed::Sealed for MapType<MT> {}

impl<const MT: bpf_map_type, K: Pod, V: MapValue> RexMapHandle<MT, K, V> {
    /// Makes a map with room for `max_entries` elements and the `BPF_F_*` flags
    /// `flags`.
    pub const fn new(
        max_entries: u32,
        flags: u32,
    ) -> MissingMapAttribute<Self> {
        MissingMapAttribute::new(
            Self::make(max_entries, flags),
            Shapes {
                key: K::SHAPE,
                value: V::__SHAPE,
            },
        )
    }

    const fn make(max_entries: u32, flags: u32) -> Self {
        const {
            assert!(
                size_of::<V>() > 0
                    || MT == BPF_MAP_TYPE_RINGBUF
                    || MT == BPF_MAP_TYPE_USER_RINGBUF,
                "a map's values have a size",
            );
            assert!(size_of::<V>() <= u32::MAX as usize);
        }
        let (lock_flag, lock_offset) = match V::LOCK_OFFSET {
            None => (0, 0),
            Some(offset) => {
                assert!(
                    list::may_have_lock(MT),
                    "values with a lock are for arrays and hash tables",
                );
                assert!(
                    flags & BPF_F_NO_PREALLOC == 0,
                    "elements with a lock are preallocated",
                );
                (HAS_SPIN_LOCK, offset as u32)
            }
        };
        Self {
            flags: lock_flag,
            lock_offset,
            ..Self::plain(
                match MT {
                    // The values are descriptors; V is the type of samples.
                    BPF_MAP_TYPE_PERF_EVENT_ARRAY => 4,
                    _ => size_of::<V>() as u32,
                },
                max_entries,
                match MT {
                    // The kernel takes no other.
                    BPF_MAP_TYPE_LPM_TRIE => flags | BPF_F_NO_PREALLOC,
                    _ if list::is_owned(MT) => flags | BPF_F_NO_PREALLOC,
                    _ => flags,
                },
            )
        }
    }

    /// Returns the same map with another `map_extra`.
    pub(super) const fn with_extra(self, map_extra: u32) -> Self {
        Self { map_extra, ..self }
    }

    /// Makes a map as [`new`](Self::new) does, that the loader may leave out.
    pub(super) const fn may_be_missing(
        max_entries: u32,
        flags: u32,
    ) -> MissingMapAttribute<Self> {
        const { assert!(list::is_owned(MT)) }
        let map = Self::make(max_entries, flags);
        MissingMapAttribute::new(
            Self {
                flags: map.flags | OPTIONAL,
                ..map
            },
            Shapes {
                key: K::SHAPE,
                value: V::__SHAPE,
            },
        )
    }
}

impl<const MT: bpf_map_type, K, const IT: bpf_map_type, IK, IV>
    RexMapHandle<MT, K, RexMapHandle<IT, IK, IV>>
where
    K: Pod,
    IK: Pod,
    IV: Pod,
    MapType<MT>: MapOfMaps,
    MapType<IT>: Keyed,
{
    /// Makes a map with room for `max_entries` maps that are like `inner`.
    pub const fn with_inner(
        max_entries: u32,
        flags: u32,
        inner: MissingMapAttribute<RexMapHandle<IT, IK, IV>>,
    ) -> MissingMapAttribute<Self> {
        let map = Self::of_maps(max_entries, flags, inner.into_inner().inner());
        MissingMapAttribute::new(map, Self::SHAPES_OF_MAPS)
    }
}

/// The properties of the maps in a map of maps.
#[derive(Clone, Copy)]
pub(super) struct Inner {
    map_type: u32,
    key_size: u32,
    value_size: u32,
    max_entries: u32,
    map_flags: u32,
}

impl<const MT: bpf_map_type, K, V> RexMapHandle<MT, K, V> {
    /// Returns this map's properties, for a map of maps.
    pub(super) const fn inner(&self) -> Inner {
        Inner {
            map_type: self.map_type,
            key_size: self.key_size,
            value_size: self.value_size,
            max_entries: self.max_entries,
            map_flags: self.map_flags,
        }
    }
}

impl<const MT: bpf_map_type, K: Pod, M> RexMapHandle<MT, K, M>
where
    MapType<MT>: MapOfMaps,
{
    /// An element is an id of a map.
    pub(super) const SHAPES_OF_MAPS: Shapes = Shapes {
        key: K::SHAPE,
        value: u32::SHAPE,
    };

    /// Makes a map with room for `max_entries` maps of this kind.
    pub(super) const fn of_maps(
        max_entries: u32,
        flags: u32,
        inner: Inner,
    ) -> Self {
        Self {
            inner_type: inner.map_type,
            inner_key_size: inner.key_size,
            inner_value_size: inner.value_size,
            inner_max_entries: inner.max_entries,
            inner_map_flags: inner.map_flags,
            ..Self::plain(size_of::<u32>() as u32, max_entries, flags)
        }
    }
}

impl<const MT: bpf_map_type, K: Pod, V> RexMapHandle<MT, K, V> {
    /// Makes a map without a lock or inner maps.
    const fn plain(value_size: u32, max_entries: u32, map_flags: u32) -> Self {
        const { assert!(size_of::<K>() <= u32::MAX as usize) }
        Self {
            size: size_of::<Self>() as u32,
            map_type: MT,
            key_size: size_of::<K>() as u32,
            value_size,
            max_entries,
            map_flags,
            map: Slot(UnsafeCell::new(0)),
            value: Slot(UnsafeCell::new(0)),
            elem_size: Slot(UnsafeCell::new(0)),
            index_mask: Slot(UnsafeCell::new(0)),
            flags: 0,
            lock_offset: 0,
            map_extra: 0,
            inner_type: 0,
            inner_key_size: 0,
            inner_value_size: 0,
            inner_max_entries: 0,
            inner_map_flags: 0,
            _types: PhantomData,
        }
    }

    /// Returns the simulated map.
    #[cfg(not(target_os = "none"))]
    pub(super) fn kernel_map(&self) -> Option<u64> {
        Some(crate::host::maps::attach(
            ptr::from_ref(self).addr(),
            crate::host::maps::Definition {
                map_type: self.map_type,
                key_size: self.key_size,
                value_size: self.value_size,
                max_entries: self.max_entries,
            },
        ))
    }

    /// Returns the kernel's map; None if the loader has left it out.
    #[cfg(target_os = "none")]
    #[inline(always)]
    pub(super) fn kernel_map(&self) -> Option<u64> {
        match self.map.get() {
            // Another map is there, by the type's invariant.
            0 if list::is_owned(MT) => None,
            map => Some(map),
        }
    }
}

/// Returns the pointer that the kernel's functions take.
#[inline(always)]
pub(super) fn pointer<T>(value: &T) -> *const core::ffi::c_void {
    ptr::from_ref(value).cast()
}

/// Returns the value at `key` in a map of type MT, by the kernel's function for that
/// type.
///
/// # Safety
///
/// `map` is a map of that type, with keys K.
#[inline(always)]
pub(super) unsafe fn lookup_in<const MT: bpf_map_type, K: Pod>(
    map: u64,
    key: &K,
) -> *mut core::ffi::c_void {
    let lookup = match list::lookup_function(MT) {
        Some(lookup) => lookup,
        None => ffi::bpf_map_lookup_elem,
    };
    // SAFETY: the caller's word.
    unsafe { lookup(map, pointer(key)) }
}

impl<const MT: bpf_map_type, K: Pod, V: MapValue> RexMapHandle<MT, K, V>
where
    MapType<MT>: Keyed,
{
    /// Returns the element at `key`.
    ///
    /// # Safety
    ///
    /// `'run` ends before the current run of the program.
    #[inline(always)]
    pub(crate) unsafe fn lookup<'run>(
        &'static self,
        key: &K,
    ) -> Option<MapRef<'run, V>> {
        let value = match MT {
            BPF_MAP_TYPE_ARRAY if cfg!(target_os = "none") => {
                self.array_element(key)?
            }
            BPF_MAP_TYPE_HASH => self.hash_element(key)?,
            _ => self.typed_element(key)?,
        };
        Some(if MT == BPF_MAP_TYPE_LPM_TRIE {
            // SAFETY: a value of this map is a V, and is not freed before the RCU
            // read section ends that the program runs in.
            unsafe { MapRef::new_unaligned(value) }
        } else {
            // SAFETY: the same, and it is aligned to 8 bytes.
            unsafe { MapRef::new(value) }
        })
    }

    /// Returns the element at `key`, valid until the run ends.
    #[inline(always)]
    pub(super) fn element<'run>(
        &'static self,
        _ctx: Context<'run>,
        key: &K,
    ) -> Option<MapRef<'run, V>> {
        // SAFETY: the run does not end before `'run`, by the invariant of `Context`.
        unsafe { self.lookup(key) }
    }

    /// Returns the keys of a hash table. It is for hash tables only.
    #[inline(always)]
    pub(super) fn keys_in<'run>(
        &'static self,
        _ctx: Context<'run>,
    ) -> super::Keys<'run, K> {
        // SAFETY: the map has these keys, by the type's invariant, and the run does
        // not end before `'run`, by that of `Context`.
        unsafe { super::Keys::new(self.kernel_map(), self.max_entries) }
    }

    /// Returns the element of an array map at `key`, from the address that the
    /// loader has stored.
    #[inline(always)]
    fn array_element(&self, key: &K) -> Option<NonNull<V>> {
        const {
            assert!(MT != BPF_MAP_TYPE_ARRAY || size_of::<K>() == 4);
        }
        // SAFETY: the key of an array map is a `u32` (`RexArrayMap` is the only
        // name for it), and K is plain data of that size.
        let index =
            unsafe { ptr::from_ref(key).cast::<u32>().read_unaligned() };
        if index >= self.max_entries {
            return None;
        }
        let index = index & self.index_mask.get();
        let first = self.value.get();
        if first == 0 {
            return None;
        }
        let offset = u64::from(index) * u64::from(self.elem_size.get());
        // The array's elements are consecutive, so this does not overflow.
        let address = first.wrapping_add(offset);
        NonNull::new(ptr::with_exposed_provenance_mut(address as usize))
    }

    /// Returns the element at `key`, by the kernel's function for the type.
    #[inline(always)]
    fn typed_element(&self, key: &K) -> Option<NonNull<V>> {
        // SAFETY: the map has these keys, by the type's invariant.
        let value = unsafe { lookup_in::<MT, K>(self.kernel_map()?, key) };
        NonNull::new(value).map(NonNull::cast)
    }

    #[cfg(not(target_os = "none"))]
    fn hash_element(&self, key: &K) -> Option<NonNull<V>> {
        self.typed_element(key)
    }

    /// Returns the element of a hash table at `key`, as the kernel's verifier has eBPF
    /// programs do.
    #[cfg(target_os = "none")]
    #[inline(always)]
    fn hash_element(&self, key: &K) -> Option<NonNull<V>> {
        let map = self.kernel_map()?;
        // SAFETY: it is a hash table with these keys, by the type's invariant.
        let element = unsafe { ffi::rex_find_hash(map, pointer(key)) };
        let offset = ffi::hash_key_offset()
            .wrapping_add(size_of::<K>().next_multiple_of(8));
        // SAFETY: the value of the element lies there, in the same memory.
        let value = unsafe { NonNull::new(element)?.byte_add(offset) };
        Some(value.cast())
    }

    /// Stores the value whose bytes are at `value`.
    ///
    /// # Safety
    ///
    /// `value` points to a value whose bytes are all initialised.
    #[inline(always)]
    pub(super) unsafe fn update_from(
        &self,
        key: &K,
        value: *const V,
        flags: u64,
    ) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        let (key, value) = (pointer(key), value.cast());
        to_result(match list::update_function(MT) {
            Some(update) if V::LOCK_OFFSET.is_none() => {
                // SAFETY: the map is of this type, has these keys and values, and no lock in
                // them, by the type's invariant.
                i64::from(unsafe { update(map, key, value, flags) })
            }
            // SAFETY: the map has these keys and values, by the type's invariant.
            _ => unsafe { ffi::bpf_map_update_elem(map, key, value, flags) },
        })
    }

    #[inline(always)]
    pub(crate) fn delete_elem(&self, key: &K) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        let key = pointer(key);
        to_result(match list::delete_function(MT) {
            Some(delete) if V::LOCK_OFFSET.is_none() => {
                // SAFETY: the map is of this type, has these keys, and no lock in its values,
                // by the type's invariant.
                i64::from(unsafe { delete(map, key) })
            }
            // SAFETY: the map has these keys, by the type's invariant.
            _ => unsafe { ffi::bpf_map_delete_elem(map, key) },
        })
    }
}

impl<const MT: bpf_map_type, K: Pod, V: Pod> RexMapHandle<MT, K, V>
where
    MapType<MT>: Keyed,
{
    #[inline(always)]
    pub(crate) fn update_elem(&self, key: &K, value: &V, flags: u64) -> Result {
        // SAFETY: a V has no padding.
        unsafe { self.update_from(key, value, flags) }
    }
}

impl<const MT: bpf_map_type, K: Pod, V: Pod> RexMapHandle<MT, K, V>
where
    MapType<MT>: PerCpu,
{
    /// Returns the element at `key` of CPU `cpu`, valid until the run ends.
    #[inline(always)]
    pub(super) fn element_on_cpu<'run>(
        &'static self,
        _ctx: Context<'run>,
        key: &K,
        cpu: u32,
    ) -> Option<MapRef<'run, V>> {
        // SAFETY: the run does not end before `'run`, by the invariant of `Context`.
        unsafe { self.lookup_on_cpu(key, cpu) }
    }

    /// Returns the element at `key` of CPU `cpu`.
    ///
    /// # Safety
    ///
    /// `'run` ends before the current run of the program.
    #[inline(always)]
    pub(crate) unsafe fn lookup_on_cpu<'run>(
        &'static self,
        key: &K,
        cpu: u32,
    ) -> Option<MapRef<'run, V>> {
        let map = self.kernel_map()?;
        // SAFETY: the map has these keys, by the type's invariant.
        let value =
            unsafe { ffi::bpf_map_lookup_percpu_elem(map, pointer(key), cpu) };
        let value = NonNull::new(value)?.cast();
        // SAFETY: a value of this map is a V, is aligned to 8 bytes, and is not
        // freed before the RCU read section ends that the program runs in.
        Some(unsafe { MapRef::new(value) })
    }
}

impl<const MT: bpf_map_type, V: Pod> RexMapHandle<MT, (), V>
where
    MapType<MT>: Keyless,
{
    #[inline(always)]
    pub(crate) fn push_elem(&self, value: &V, flags: u64) -> Result {
        let map = self.kernel_map().ok_or(-EINVAL)?;
        let value = pointer(value);
        to_result(match list::push_function(MT) {
            // SAFETY: the map is of this type and has these values, by the type's
            // invariant.
            Some(push) => i64::from(unsafe { push(map, value, flags) }),
            // SAFETY: the map has these values, by the type's invariant.
            None => unsafe { ffi::bpf_map_push_elem(map, value, flags) },
        })
    }

    #[inline(always)]
    pub(crate) fn pop_elem(&self) -> Option<V> {
        self.receive(|map, value| match list::pop_function(MT) {
            // SAFETY: the map is of this type and has these values, by the type's
            // invariant, and `value` may be written to.
            Some(pop) => i64::from(unsafe { pop(map, value) }),
            // SAFETY: as above.
            None => unsafe { ffi::bpf_map_pop_elem(map, value) },
        })
    }

    #[inline(always)]
    pub(crate) fn peek_elem(&self) -> Option<V> {
        self.receive(|map, value| match list::peek_function(MT) {
            // SAFETY: as in pop_elem().
            Some(peek) => i64::from(unsafe { peek(map, value) }),
            // SAFETY: as above.
            None => unsafe { ffi::bpf_map_peek_elem(map, value) },
        })
    }

    /// Returns a value that `receive` stores and tells by 0.
    #[inline(always)]
    fn receive(
        &self,
        receive: impl Fn(u64, *mut core::ffi::c_void) -> i64,
    ) -> Option<V> {
        let map = self.kernel_map()?;
        let mut value = MaybeUninit::<V>::zeroed();
        if receive(map, value.as_mut_ptr().cast()) != 0 {
            return None;
        }
        // SAFETY: it was zeroed, and any bytes are a V.
        Some(unsafe { value.assume_init() })
    }
}
