// SPDX-License-Identifier: GPL-2.0
//! A lock that is never waited for.

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::AtomicBool;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// A lock that is never waited for.
///
/// It protects a value in a static.
///
/// Collections that others can make grow need a limit: see
/// [`BoundedMap`](crate::bounded::BoundedMap).
///
/// Waiting could deadlock, since a run may have interrupted the holder on its own
/// CPU. Programs that must not miss an event keep their numbers in a per-CPU map.
///
/// A stopped run does not release the lock, so no other run sees a partly changed
/// value: the object is dead, or restarts with a new static.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// static SEEN: TryLock<BoundedMap<u32, u64>> = TryLock::new(BoundedMap::new(1000));
///
/// #[kprobe("vfs_read")]
/// fn on_read(ctx: &mut KprobeContext) {
///     if let Some(mut seen) = SEEN.try_lock()
///         && let Some(count) = seen.get_or_insert(ctx.tgid(), 0)
///     {
///         *count += 1;
///     }
/// }
/// ```
pub struct TryLock<T> {
    locked: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: at any time there is at most one guard, and only it accesses the value.
// Taking the lock acquires all changes before its release.
unsafe impl<T: Send> Sync for TryLock<T> {}

impl<T> TryLock<T> {
    /// Makes a free lock.
    pub const fn new(value: T) -> Self {
        Self {
            locked: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Takes the lock until the guard is dropped; `None` if it is taken.
    pub fn try_lock(&self) -> Option<TryLockGuard<'_, T>> {
        self.locked
            .compare_exchange(false, true, Acquire, Relaxed)
            .ok()?;
        Some(TryLockGuard {
            lock: self,
            of_this_run: PhantomData,
        })
    }

    /// Returns the value. The exclusive reference proves that the lock is free.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

impl<T: Default> Default for TryLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for TryLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryLock")
            .field("locked", &self.locked)
            .finish_non_exhaustive()
    }
}

/// A taken [`TryLock`], and its value.
///
/// Like everything that belongs to a run, it cannot be kept in a static.
pub struct TryLockGuard<'a, T> {
    lock: &'a TryLock<T>,
    of_this_run: PhantomData<*mut T>,
}

impl<T> Deref for TryLockGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the lock is held, and this is its only guard.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for TryLockGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and the guard is borrowed for as long.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for TryLockGuard<'_, T> {
    fn drop(&mut self) {
        self.lock.locked.store(false, Release);
    }
}
