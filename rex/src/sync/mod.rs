// SPDX-License-Identifier: GPL-2.0
//! Values that the runs of a program share in statics.

mod lock;
pub mod spinlock;
mod try_lock;

pub use lock::{Lock, LockGuard};
pub use try_lock::{TryLock, TryLockGuard};
