// SPDX-License-Identifier: GPL-2.0
//! Locks in the values of maps.
//! C counterpart: `struct bpf_spin_lock`.
//!
//! A map whose value type is [`SpinLocked<T>`] has a lock in each element. A
//! program can access the T only with the lock held:
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[derive(Clone, Copy, Pod)]
//! #[repr(C)]
//! struct Total {
//!     packets: u64,
//!     bytes: u64,
//! }
//!
//! #[map]
//! static TOTALS: Array<SpinLocked<Total>> = Array::with_max_entries(1);
//!
//! #[xdp]
//! fn count(ctx: &mut XdpContext) -> Result<XdpAction> {
//!     let element = TOTALS.lookup(ctx, 0).ok_or(Errno::ENOENT)?;
//!     let mut total = element.lock()?;
//!     total.packets += 1;
//!     total.bytes += ctx.data().len() as u64;
//!     // The lock is released when `total` is dropped, or with the run.
//!     Ok(XdpAction::Pass)
//! }
//! ```
//!
//! Userspace sees `struct { struct bpf_spin_lock lock; __u32 :32; T value; }`, and
//! takes the lock with the flag `BPF_F_LOCK`: then neither userspace nor a program
//! sees a partly written value.

use core::ffi::c_int;
use core::marker::PhantomData;
use core::mem::{MaybeUninit, offset_of};
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

use crate::map::MapRef;
use crate::pod::Pod;
use crate::rt::ffi;
use crate::shape::Shape;

/// A value of type T and its lock. It exists only as an element of a map.
///
/// The map is an array, or a hash table without `BPF_F_NO_PREALLOC`.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// #[derive(Clone, Copy, Pod)]
/// #[repr(C)]
/// struct Range {
///     low: u64,
///     high: u64,
/// }
///
/// #[map]
/// static RANGES: Array<SpinLocked<Range>> = Array::with_max_entries(8);
///
/// fn extend(ctx: &Context, index: u32, value: u64) -> Result {
///     let element = RANGES.lookup(ctx, index).ok_or(Errno::ENOENT)?;
///     let mut range = element.lock()?;
///     range.low = range.low.min(value);
///     range.high = range.high.max(value);
///     Ok(())
/// }
/// ```
#[repr(C, align(8))]
pub struct SpinLocked<T> {
    lock: u32,
    _padding: u32,
    value: T,
}

impl<T> SpinLocked<T> {
    pub(crate) const LOCK_OFFSET: usize = offset_of!(Self, lock);
    const VALUE_OFFSET: usize = offset_of!(Self, value);
}

impl<T: Pod> SpinLocked<T> {
    pub(crate) const SHAPE: &'static Shape = &Shape::Locked(
        Self::VALUE_OFFSET - size_of::<u32>(),
        T::SHAPE,
        size_of::<Self>() - Self::VALUE_OFFSET - size_of::<T>(),
    );

    /// Returns the bytes of an element with this value, unlocked.
    #[inline(always)]
    pub(crate) fn bytes_of(value: &T) -> MaybeUninit<Self> {
        let mut bytes = MaybeUninit::<Self>::zeroed();
        let place = bytes.as_mut_ptr().wrapping_byte_add(Self::VALUE_OFFSET);
        // SAFETY: the value is a field, so its place in `bytes` is aligned.
        unsafe { place.cast::<T>().write(*value) };
        bytes
    }
}

/// A held lock, and the value that it protects.
///
/// The guard has a copy of the value, which is read and changed through `Deref`
/// and `DerefMut`. When the guard is dropped, a changed value is stored, and the
/// lock is released. So
///
/// - a program may keep references into the value: an update from userspace, which
///   takes no lock, does not change it;
/// - a run that ends by a panic or by its timeout, or that leaks the guard, stores
///   nothing (unless its time ends within the store itself). The kernel releases
///   the lock.
///
/// With a lock held, elements of maps with locks cannot be inserted, updated as a
/// whole or deleted: `-EDEADLK`. Holding several locks is possible. A run that
/// takes one twice, or two in another order than another run, spins until its
/// timeout.
#[must_use = "the lock is released when the guard is dropped"]
pub struct SpinLockGuard<'run, T: Pod> {
    /// The element whose lock this run holds.
    element: NonNull<SpinLocked<T>>,
    value: T,
    changed: bool,
    /// It ends with the run, and is neither `Send` nor `Sync`, because of the
    /// pointer.
    _run: PhantomData<&'run ()>,
}

/// Upstream's name.
#[allow(non_camel_case_types)]
pub type rex_spinlock_guard<'run, T> = SpinLockGuard<'run, T>;

impl<'run, T: Pod> SpinLockGuard<'run, T> {
    /// Takes the lock of an element, and spins until it is free.
    ///
    /// Fails with `-EWOULDBLOCK` where interrupts are off: in their handlers, in
    /// an NMI, in kprobes within a function, and where the kernel has disabled
    /// them.
    #[inline]
    pub fn new(element: &MapRef<'run, SpinLocked<T>>) -> Result<Self, c_int> {
        let element = element.as_ptr();
        let lock = element
            .as_ptr()
            .wrapping_byte_add(SpinLocked::<T>::LOCK_OFFSET);
        // SAFETY: the lock is part of an element of a map that is valid for
        // `'run`, and only used as a lock.
        let ret = unsafe { ffi::bpf_spin_lock(lock.cast()) };
        if ret != 0 {
            return Err(ret as c_int);
        }
        Ok(Self {
            element,
            value: Self::place(element).get(),
            changed: false,
            _run: PhantomData,
        })
    }

    /// Returns the protected part of the element, as an element: userspace may
    /// write to it without the lock.
    #[inline(always)]
    fn place(element: NonNull<SpinLocked<T>>) -> MapRef<'run, T> {
        // SAFETY: it is part of the element.
        let value = unsafe { element.byte_add(SpinLocked::<T>::VALUE_OFFSET) };
        // SAFETY: it is valid for `'run`, aligned to 8 bytes as the element is,
        // and there is no reference to it.
        unsafe { MapRef::new(value.cast()) }
    }

    /// Stores the value, and releases the lock.
    #[inline(always)]
    pub fn unlock(self) {}
}

impl<T: Pod> Deref for SpinLockGuard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Pod> DerefMut for SpinLockGuard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        self.changed = true;
        &mut self.value
    }
}

impl<T: Pod> Drop for SpinLockGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.changed {
            Self::place(self.element).set_from(&self.value);
        }
        let lock = self
            .element
            .as_ptr()
            .wrapping_byte_add(SpinLocked::<T>::LOCK_OFFSET);
        // SAFETY: the lock was taken by this run when the guard was made.
        unsafe { ffi::bpf_spin_unlock(lock.cast()) };
    }
}

impl<'run, T: Pod> MapRef<'run, SpinLocked<T>> {
    /// Takes the lock: see [`SpinLockGuard::new`].
    #[inline]
    pub fn lock(&self) -> Result<SpinLockGuard<'run, T>, c_int> {
        SpinLockGuard::new(self)
    }
}
