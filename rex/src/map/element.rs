// SPDX-License-Identifier: GPL-2.0
//! Elements of maps.

use core::marker::PhantomData;
use core::mem::{MaybeUninit, size_of};
use core::ptr::NonNull;
use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{
    AtomicI32, AtomicI64, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
};

use crate::pod::Pod;

/// An element of a map.
///
/// Other CPUs, userspace and eBPF programs may read and write the element at the
/// same time, delete it, or use its place for another key. So there is no `&V`
/// or `&mut V`: the value is copied out with [`get`](Self::get) and stored with
/// [`set`](Self::set). A value of 1, 2, 4 or 8 bytes is read and written in one
/// piece, in tries only if it happens to be aligned. Of another one, another CPU may
/// see the old part and the new one mixed, as it is with eBPF.
///
/// An element is valid during the run that it was looked up in, even if it is
/// deleted meanwhile.
///
/// # Invariants
///
/// During `'run`, `value` points to memory of the size of V, which no code reads or
/// writes through a reference. If `aligned`, it is aligned to 8 bytes.
pub struct MapRef<'run, V> {
    pub(super) value: NonNull<V>,
    /// Known by the type of the map, so that the compiler looks at no address.
    aligned: bool,
    _run: PhantomData<&'run ()>,
}

impl<V> Clone for MapRef<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for MapRef<'_, V> {}

impl<V> MapRef<'_, V> {
    /// # Safety
    ///
    /// During the lifetime, `value` points to a map element of type V, in a map of
    /// a type whose elements the kernel aligns to 8 bytes: all but tries.
    #[inline(always)]
    pub(crate) unsafe fn new(value: NonNull<V>) -> Self {
        // INVARIANT: the caller's word.
        Self {
            value,
            aligned: true,
            _run: PhantomData,
        }
    }

    /// For elements of tries, which lie right after their keys, wherever that is.
    ///
    /// # Safety
    ///
    /// During the lifetime, `value` points to a map element of type V.
    #[inline(always)]
    pub(crate) unsafe fn new_unaligned(value: NonNull<V>) -> Self {
        // INVARIANT: the caller's word.
        Self {
            value,
            aligned: false,
            _run: PhantomData,
        }
    }

    /// Returns whether the element can be accessed in pieces of type T.
    #[inline(always)]
    fn is_aligned_for<T>(&self) -> bool {
        self.aligned || self.value.addr().get().is_multiple_of(align_of::<T>())
    }

    /// Returns whether the bytes from `offset` on are aligned to 8 bytes, as far as the
    /// type of the map says.
    #[inline(always)]
    pub(super) fn is_aligned_at(&self, offset: usize) -> bool {
        self.aligned && offset.is_multiple_of(8)
    }

    #[inline(always)]
    pub(crate) fn as_ptr(&self) -> NonNull<V> {
        self.value
    }
}

impl<V: Pod> MapRef<'_, V> {
    /// A copy of the value.
    #[inline(always)]
    pub fn get(&self) -> V {
        let mut copy = MaybeUninit::<V>::uninit();
        let to = copy.as_mut_ptr().cast::<u8>();
        let from = self.value.as_ptr().cast::<u8>();
        let mut at = 0;
        macro_rules! pieces {
            ($($atomic:ty as $int:ty,)*) => {
                $(
                    while self.is_aligned_for::<$int>()
                        && at + size_of::<$int>() <= size_of::<V>()
                    {
                        // SAFETY: these bytes are within the value, aligned since
                        // the value is and pieces get no larger, and not accessed
                        // through other than atomic references.
                        let piece = unsafe {
                            <$atomic>::from_ptr(from.add(at).cast())
                        };
                        // SAFETY: these bytes are within `copy`.
                        unsafe {
                            to.add(at)
                                .cast::<$int>()
                                .write_unaligned(piece.load(Relaxed));
                        }
                        at += size_of::<$int>();
                    }
                )*
            };
        }
        pieces! {
            AtomicU64 as u64,
            AtomicU32 as u32,
            AtomicU16 as u16,
            AtomicU8 as u8,
        }
        // SAFETY: all bytes were written, and any bytes are a V.
        unsafe { copy.assume_init() }
    }

    /// Stores `value`.
    #[inline(always)]
    pub fn set(&self, value: V) {
        self.set_from(&value);
    }

    /// Stores `value`, of which there is no other copy on the stack.
    #[inline(always)]
    pub(crate) fn set_from(&self, value: &V) {
        let from = core::ptr::from_ref(value).cast::<u8>();
        let to = self.value.as_ptr().cast::<u8>();
        let mut at = 0;
        macro_rules! pieces {
            ($($atomic:ty as $int:ty,)*) => {
                $(
                    while self.is_aligned_for::<$int>()
                        && at + size_of::<$int>() <= size_of::<V>()
                    {
                        // SAFETY: these bytes are within the value, aligned since
                        // the value is and pieces get no larger, and not accessed
                        // through other than atomic references.
                        let piece = unsafe {
                            <$atomic>::from_ptr(to.add(at).cast())
                        };
                        // SAFETY: these bytes are within `value`, and
                        // initialised, since V has no padding.
                        let bytes = unsafe {
                            from.add(at).cast::<$int>().read_unaligned()
                        };
                        piece.store(bytes, Relaxed);
                        at += size_of::<$int>();
                    }
                )*
            };
        }
        pieces! {
            AtomicU64 as u64,
            AtomicU32 as u32,
            AtomicU16 as u16,
            AtomicU8 as u8,
        }
    }

    /// Reads the value, lets `change` change the copy, and stores it. What others
    /// stored meanwhile is overwritten; for counters, see `atomic`.
    #[inline(always)]
    pub fn update(&self, change: impl FnOnce(&mut V)) {
        let mut value = self.get();
        change(&mut value);
        self.set(value);
    }
}

impl<'run, V: Pod> MapRef<'run, V> {
    /// The part of the value that is `offset` bytes from its beginning, as a U; `None`
    /// if it does not lie in the value. [`part!`](crate::part) is easier to use: it
    /// knows offset and type of a field.
    ///
    /// Any bytes of plain data are plain data, so any offset is sound.
    #[inline(always)]
    pub fn part<U: Pod>(&self, offset: usize) -> Option<MapRef<'run, U>> {
        if offset > size_of::<V>() || size_of::<U>() > size_of::<V>() - offset {
            return None;
        }
        // SAFETY: the offset is within the value.
        let value = unsafe { self.value.byte_add(offset) };
        // INVARIANT: it has the size of U, by the test above, and is used in the same
        // way as the whole value. `aligned` is if the value is and the offset is.
        Some(MapRef {
            value: value.cast(),
            aligned: self.is_aligned_at(offset),
            _run: PhantomData,
        })
    }
}

impl<'run, T: Pod, const N: usize> MapRef<'run, [T; N]> {
    /// The element of the array at `index`; `None` beyond its end.
    ///
    /// ```no_run
    /// # use core::sync::atomic::Ordering::Relaxed;
    /// # use rex::prelude::*;
    /// /// The number of reads, by the power of two of their nanoseconds.
    /// #[map]
    /// static TIMES: Array<[u64; 64]> = Array::with_max_entries(1);
    ///
    /// # fn f(ctx: &Context, took: u64) {
    /// if let Some(slot) = TIMES
    ///     .lookup(ctx, 0)
    ///     .and_then(|times| times.at(took.ilog2() as usize))
    /// {
    ///     slot.atomic().fetch_add(1, Relaxed);
    /// }
    /// # }
    /// ```
    #[inline(always)]
    pub fn at(&self, index: usize) -> Option<MapRef<'run, T>> {
        if index >= N {
            return None;
        }
        let offset = index * size_of::<T>();
        // SAFETY: the element is within the value.
        let value = unsafe { self.value.byte_add(offset) };
        // INVARIANT: as in `part`. Elements of a multiple of 8 bytes are aligned if the
        // first one is, which the compiler knows.
        Some(MapRef {
            value: value.cast(),
            aligned: self.aligned
                && (size_of::<T>().is_multiple_of(8)
                    || offset.is_multiple_of(8)),
            _run: PhantomData,
        })
    }
}

/// A field of the value of a map, as a `MapRef` of its own, to be changed without a
/// change of the others: `part!(element, Type, field)`, `part!(element, Type, a.b)`.
///
/// ```no_run
/// # use core::sync::atomic::Ordering::Relaxed;
/// # use rex::prelude::*;
/// #[derive(Clone, Copy, Pod)]
/// #[repr(C)]
/// struct Stats {
///     calls: u64,
///     sizes: [u64; 32],
/// }
///
/// #[map]
/// static STATS: HashMap<u32, Stats> = HashMap::with_max_entries(1024);
///
/// # fn f(ctx: &TaskContext, size: u64) {
/// if let Some(stats) = STATS.lookup(ctx, ctx.tgid()) {
///     rex::part!(stats, Stats, calls).atomic().fetch_add(1, Relaxed);
///     if let Some(slot) = rex::part!(stats, Stats, sizes).at(size.ilog2() as usize) {
///         slot.atomic().fetch_add(1, Relaxed);
///     }
/// }
/// # }
/// ```
#[macro_export]
macro_rules! part {
    ($element:expr, $type:ty, $($field:tt)+) => {
        $crate::map::__part(
            &$element,
            $crate::__core::mem::offset_of!($type, $($field)+),
            |value: &$type| &value.$($field)+,
        )
    };
}

/// The field of type U at `offset`. The types are those of `_field`, which is not called.
///
/// # Panics
///
/// If there is no U at that offset: `part!` never makes such a call.
#[doc(hidden)]
#[inline(always)]
pub fn __part<'run, V: Pod, U: Pod>(
    element: &MapRef<'run, V>,
    offset: usize,
    _field: impl FnOnce(&V) -> &U,
) -> MapRef<'run, U> {
    element
        .part(offset)
        .expect("a field lies in what it is a field of")
}

macro_rules! integers {
    ($($ty:ty: $atomic:ty,)*) => {
        $(
            impl<'run> MapRef<'run, $ty> {
                /// The element as an atomic integer.
                ///
                /// # Panics
                ///
                /// In a [`RexLpmTrie`](super::RexLpmTrie) whose elements the
                /// kernel does not align for it: they are if the bytes of its keys
                /// (without the length of the prefix) are a multiple of 8, or of
                /// integers of 32 bits, of 4. So there is no `u64` to count in for
                /// prefixes of IPv4: take `u32`, or the number of an element in an
                /// array of counters.
                #[inline(always)]
                #[track_caller]
                pub fn atomic(&self) -> &'run $atomic {
                    assert!(
                        self.is_aligned_for::<$atomic>(),
                        "an element of a trie is not aligned for this: take u32, \
                         or keys of 8 bytes"
                    );
                    // SAFETY: the element is there for `'run`, is aligned, and is
                    // not accessed through other than atomic references.
                    unsafe { <$atomic>::from_ptr(self.value.as_ptr()) }
                }
            }
        )*
    };
}

integers! {
    u32: AtomicU32,
    i32: AtomicI32,
    u64: AtomicU64,
    i64: AtomicI64,
}

/// Copies out of the result of a lookup, named as they are for an `Option<&V>`.
/// The attribute macros bring this trait into scope.
pub trait MapRefOption<V> {
    /// A copy of the value, if there is an element.
    fn cloned(self) -> Option<V>;
    /// A copy of the value, if there is an element.
    fn copied(self) -> Option<V>;
}

impl<V: Pod> MapRefOption<V> for Option<MapRef<'_, V>> {
    #[inline(always)]
    fn cloned(self) -> Option<V> {
        self.map(|element| element.get())
    }

    #[inline(always)]
    fn copied(self) -> Option<V> {
        self.map(|element| element.get())
    }
}

#[cfg(test)]
mod tests {
    use super::MapRef;
    use crate::pod::Pod;
    use core::ptr::NonNull;
    use core::sync::atomic::Ordering::Relaxed;

    fn copy<V: Pod + PartialEq + core::fmt::Debug>(value: V) {
        for at in 0..8 {
            let mut memory = [0u64; 8];
            let place = NonNull::from(&mut memory).cast::<V>();
            // SAFETY: it is within the memory, whatever the type.
            let place = unsafe { place.byte_add(at) };
            // SAFETY: only this test uses the memory.
            let element = unsafe { MapRef::new_unaligned(place) };
            element.set(value);
            assert_eq!(element.get(), value, "at {at}");
        }
    }

    #[test]
    fn elements_are_copied_from_and_to_any_address() {
        copy(0x12u8);
        copy(0x1234u16);
        copy(0x12345678u32);
        copy(0x123456789abcdef0u64);
        copy([1u8, 2, 3, 4, 5, 6, 7]);
        copy([[1u32, 2, 3], [4, 5, 6]]);
        copy([0x123456789abcdef0u64, 2, 3]);
    }

    #[test]
    fn parts_lie_in_the_value() {
        let mut memory = [0u64; 4];
        let place = NonNull::from(&mut memory).cast::<[u32; 7]>();
        // SAFETY: only this test uses the memory.
        let element = unsafe { MapRef::new(place) };
        element.set([0, 1, 2, 3, 4, 5, 6]);
        for index in 0..7 {
            assert_eq!(element.at(index).unwrap().get(), index as u32);
            element.at(index).unwrap().atomic().store(9, Relaxed);
        }
        assert!(element.at(7).is_none());
        assert!(element.at(usize::MAX).is_none());
        assert!(element.part::<u64>(20).is_some());
        assert!(element.part::<u64>(21).is_none());
        assert!(element.part::<()>(28).is_some());
        assert!(element.part::<u8>(28).is_none());
        assert!(element.part::<u8>(usize::MAX).is_none());
        // It is a copy of bytes at any offset.
        assert_eq!(element.part::<u32>(1).unwrap().get(), 9 << 24);
    }

    #[test]
    fn unaligned_field_is_no_atomic_integer() {
        let mut memory = [0u64; 2];
        let place = NonNull::from(&mut memory).cast::<u64>();
        // SAFETY: it is within the memory.
        let place = unsafe { place.byte_add(4) };
        // SAFETY: only this test uses the memory.
        let element = unsafe { MapRef::new_unaligned(place) };
        let panic =
            std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| {
                element.atomic();
            }));
        assert!(panic.is_err());
    }
}
