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
/// [`set`](Self::set). A value of up to 8 bytes is read and written in one piece.
/// Of a larger one, another CPU may see the old part and the new one mixed, as it
/// is with eBPF.
///
/// An element is valid during the run that it was looked up in, even if it is
/// deleted meanwhile.
///
/// # Invariants
///
/// During `'run`, `value` points to memory of the size of V, aligned to 8 bytes,
/// which nobody reads or writes through a reference.
pub struct MapRef<'run, V> {
    value: NonNull<V>,
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
    /// During the lifetime, `value` points to a map element of type V.
    #[inline(always)]
    pub(crate) unsafe fn new(value: NonNull<V>) -> Self {
        // INVARIANT: the kernel aligns elements of maps to 8 bytes; the rest is
        // the caller's word.
        Self {
            value,
            _run: PhantomData,
        }
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
                    while at + size_of::<$int>() <= size_of::<V>() {
                        // SAFETY: these bytes are within the value, aligned since
                        // pieces get no larger, and not accessed through other
                        // than atomic references.
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
                    while at + size_of::<$int>() <= size_of::<V>() {
                        // SAFETY: these bytes are within the value, aligned since
                        // pieces get no larger, and not accessed through other
                        // than atomic references.
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

macro_rules! integers {
    ($($ty:ty: $atomic:ty,)*) => {
        $(
            impl<'run> MapRef<'run, $ty> {
                /// The element as an atomic integer.
                #[inline(always)]
                pub fn atomic(&self) -> &'run $atomic {
                    // SAFETY: the element is there for `'run`, aligned, and not
                    // accessed through other than atomic references.
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
