// SPDX-License-Identifier: GPL-2.0
//! The types of values in maps.

use crate::pod::Pod;
use crate::shape::Shape;
use crate::spinlock::SpinLocked;

/// A type of values in maps: [plain data](Pod), or plain data under a lock,
/// [`SpinLocked`].
///
/// # Safety
///
/// Any bytes are a value of the type, except the lock at `LOCK_OFFSET`, which
/// only the kernel's lock functions access.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a value of a map: it is not plain data, nor \
               `SpinLocked` plain data",
    label = "has to be plain data, or `SpinLocked` plain data"
)]
pub unsafe trait MapValue: 'static {
    /// The offset of the value's `struct bpf_spin_lock`.
    #[doc(hidden)]
    const LOCK_OFFSET: Option<usize>;

    /// The shape of the value.
    #[doc(hidden)]
    const __SHAPE: &'static Shape;
}

// SAFETY: it is plain data.
unsafe impl<V: Pod> MapValue for V {
    const LOCK_OFFSET: Option<usize> = None;
    const __SHAPE: &'static Shape = V::SHAPE;
}

// SAFETY: it is a lock and plain data, and the lock is private.
unsafe impl<T: Pod> MapValue for SpinLocked<T> {
    const LOCK_OFFSET: Option<usize> = Some(SpinLocked::<T>::LOCK_OFFSET);
    const __SHAPE: &'static Shape = Self::SHAPE;
}
