// SPDX-License-Identifier: GPL-2.0
//! A lock that runs wait for.

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crate::error::{Errno, Result};
use crate::rt::ffi;

/// The spins of the first call of the kernel that waits, and the most of a later one.
const SPINS: u32 = 32;
const MAX_SPINS: u32 = 256;

/// A lock that runs wait for, until the watchdog stops them.
///
/// It protects a value in a static that runs on several CPUs change.
///
/// A free lock can be taken in any context. A run that must not wait gets an error: see
/// [`lock`](Self::lock). Two runs that each hold a lock and wait for the other's
/// deadlock until the watchdog stops one of them, which is a fault.
///
/// A stopped run does not release the lock, so no other run sees a partly changed value:
/// the object is dead, waiting runs get an error, and a restart resets the static.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// #[derive(Clone, Copy)]
/// struct Totals {
///     calls: u64,
///     bytes: u64,
/// }
///
/// static TOTALS: Lock<Totals> = Lock::new(Totals { calls: 0, bytes: 0 });
///
/// #[kretprobe("vfs_read")]
/// fn on_read(ctx: &mut KretprobeContext) -> Result {
///     let bytes = u64::try_from(ctx.return_value() as i64).unwrap_or(0);
///     let mut totals = TOTALS.lock()?;
///     totals.calls += 1;
///     totals.bytes = totals.bytes.saturating_add(bytes);
///     Ok(())
/// }
/// ```
pub struct Lock<T> {
    /// The number, plus 1, of the CPU whose run holds the lock; 0 if it is free.
    holder: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: at any time there is at most one guard, and only it accesses the value. Taking
// the lock acquires all changes before its release.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    /// Makes a free lock.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self {
            holder: AtomicU32::new(0),
            value: UnsafeCell::new(value),
        }
    }

    /// Takes the lock until the guard is dropped, and waits for other CPUs.
    ///
    /// # Errors
    ///
    /// - `EDEADLK`: this run, one that it interrupted, or one that sleeps on this CPU
    ///   (see [`Sleepable`](crate::context::Sleepable)), holds the lock; or this run
    ///   holds a [`SpinLocked`](crate::spinlock::SpinLocked) value.
    /// - `EWOULDBLOCK`: another CPU holds it, and interrupts are off: the watchdog could
    ///   not stop this run, and the other CPU might not continue.
    /// - `EOWNERDEAD`: another CPU holds it, and the object is dead: a run was stopped.
    #[inline]
    pub fn lock(&self) -> Result<LockGuard<'_, T>> {
        let this_cpu = ffi::bpf_get_smp_processor_id().wrapping_add(1);
        while let Err(holder) = self
            .holder
            .compare_exchange_weak(0, this_cpu, Acquire, Relaxed)
        {
            // Preemption is off during a run, so no other run of this CPU continues
            // before this one ends.
            if holder == this_cpu {
                return Err(Errno::EDEADLK);
            }
            // Waiters read the lock until it is free, so that its holder keeps the cache
            // line, and look less often the longer they wait.
            let mut spins = SPINS;
            loop {
                crate::error::done(crate::utils::to_result(ffi::rex_wait(
                    spins,
                )))?;
                if self.holder.load(Relaxed) == 0 {
                    break;
                }
                spins = (2 * spins).min(MAX_SPINS);
            }
        }
        Ok(LockGuard {
            lock: self,
            of_this_run: PhantomData,
        })
    }

    /// Takes the lock until the guard is dropped; `None` if it is taken.
    #[inline]
    pub fn try_lock(&self) -> Option<LockGuard<'_, T>> {
        let this_cpu = ffi::bpf_get_smp_processor_id().wrapping_add(1);
        self.holder
            .compare_exchange(0, this_cpu, Acquire, Relaxed)
            .ok()?;
        Some(LockGuard {
            lock: self,
            of_this_run: PhantomData,
        })
    }

    /// Returns the value. The exclusive reference proves that the lock is free.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

impl<T: Default> Default for Lock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for Lock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock")
            .field("taken", &(self.holder.load(Relaxed) != 0))
            .finish_non_exhaustive()
    }
}

/// A taken [`Lock`], and its value.
///
/// Like everything that belongs to a run, it cannot be kept in a static.
pub struct LockGuard<'a, T> {
    lock: &'a Lock<T>,
    of_this_run: PhantomData<*mut T>,
}

impl<T> Deref for LockGuard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the lock is held, and this is its only guard.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for LockGuard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and the guard is borrowed for as long.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for LockGuard<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.lock.holder.store(0, Release);
    }
}
