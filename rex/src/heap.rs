// SPDX-License-Identifier: GPL-2.0
//! Memory for [`Box`], [`Vec`], [`String`], [`BTreeMap`] and other collections. C
//! counterpart: `kmod/heap.c`.
//!
//! A program declares that it uses them:
//!
//! ```no_run
//! #![no_std]
//! #![no_main]
//!
//! extern crate alloc;
//!
//! use alloc::vec::Vec;
//!
//! use rex::tracepoint::*;
//! use rex::{Result, rex_printk, rex_tracepoint};
//!
//! #[rex_tracepoint]
//! fn on_dup(
//!     _: &tracepoint<SyscallsEnterDupCtx>,
//!     ctx: &SyscallsEnterDupCtx,
//! ) -> Result {
//!     let divisors: Vec<u64> =
//!         (1..=ctx.fildes).filter(|n| ctx.fildes % n == 0).collect();
//!     rex_printk!("divisors of the descriptor: {divisors:?}\n")
//! }
//! ```
//!
//! All programs of an object share one heap, in every context that they run in. The
//! loader sets its size (`heap_size` of `struct rex_obj_open_opts`, `rexctl load
//! --heap`), which is 1 MiB by default. A block has at most 4 MiB. Its size is a
//! multiple of 16 bytes, above 768 bytes of 1 KiB, above 48 KiB of 64 KiB.
//!
//! If there is no room, an allocation panics: the program is stopped, and the report
//! names the size. The `try_` methods return an error instead:
//!
//! ```no_run
//! # fn names(wanted: usize) -> core::result::Result<Vec<u64>, i32> {
//! let mut names: Vec<u64> = Vec::new();
//! if names.try_reserve(wanted).is_err() {
//!     return Err(-ENOMEM);
//! }
//! # Ok(names)
//! # }
//! ```
//!
//! A program whose data others can make grow checks the free memory, and drops data
//! before an allocation panics:
//!
//! ```no_run
//! # use rex::prelude::*;
//! #[map]
//! static SHED: Shared<u64> = Shared::new();
//!
//! # fn store(_: u32) {}
//! fn on_event(pid: u32) {
//! // A quarter is reserved for more important data.
//!     if heap::free() < heap::size() / 4 {
//!         SHED.fetch_add(1);
//!         return;
//!     }
//!     store(pid);
//! }
//! ```
//!
//! [`try_box`] and [`TryPush`] are `Box::new` and `push` with an error.
//!
//! Leaked blocks (`core::mem::forget`, a stopped run) stay allocated as long as the
//! object is loaded.
//!
//! [`Box`]: https://doc.rust-lang.org/alloc/boxed/struct.Box.html
//! [`Vec`]: https://doc.rust-lang.org/alloc/vec/struct.Vec.html
//! [`String`]: https://doc.rust-lang.org/alloc/string/struct.String.html
//! [`BTreeMap`]: https://doc.rust-lang.org/alloc/collections/struct.BTreeMap.html

extern crate alloc;

use alloc::alloc::alloc;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::NonNull;

use crate::rt::ffi;

/// Returns the bytes that the programs of the object may allocate in all.
#[inline(always)]
#[must_use]
pub fn size() -> u64 {
    ffi::rex_heap_bytes(0)
}

/// Returns the bytes that they have allocated now. The sum over all CPUs is inexact
/// while other CPUs allocate.
#[inline(always)]
#[must_use]
pub fn used() -> u64 {
    ffi::rex_heap_bytes(1)
}

/// Returns the bytes that are free. They may be fragmented: a block of that size may
/// not fit.
#[inline(always)]
#[must_use]
pub fn free() -> u64 {
    size().saturating_sub(used())
}

/// Allocates a block for `value`.
///
/// # Errors
///
/// `value`, if there is no room.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// extern crate alloc;
/// use alloc::boxed::Box;
///
/// static LARGE: TryLock<Option<Box<[u64; 512]>>> = TryLock::new(None);
///
/// fn set_up() -> Result {
///     let large = heap::try_box([0; 512]).map_err(|_| Errno::ENOMEM)?;
///     *LARGE.try_lock().ok_or(Errno::EBUSY)? = Some(large);
///     Ok(())
/// }
/// ```
pub fn try_box<T>(value: T) -> core::result::Result<Box<T>, T> {
    let layout = Layout::new::<T>();
    let place = if layout.size() == 0 {
        Some(NonNull::<T>::dangling())
    } else {
        // SAFETY: the size is not 0.
        NonNull::new(unsafe { alloc(layout) }.cast::<T>())
    };
    let Some(place) = place else {
        return Err(value);
    };
    // SAFETY: the block has room for a T, is aligned for it, and is new.
    unsafe { place.write(value) };
    // SAFETY: it was allocated with the layout of a T, or has no size, and is a T.
    Ok(unsafe { Box::from_raw(place.as_ptr()) })
}

/// `push` with an error in place of a panic where the heap has no room.
///
/// # Examples
///
/// ```no_run
/// # use rex::prelude::*;
///
/// extern crate alloc;
/// use alloc::vec::Vec;
///
/// static PIDS: TryLock<Vec<u32>> = TryLock::new(Vec::new());
///
/// #[kprobe("do_exit")]
/// fn on_exit(ctx: &mut KprobeContext) -> Result {
///     let mut pids = PIDS.try_lock().ok_or(Errno::EBUSY)?;
///     pids.try_push(ctx.pid()).map_err(|_| Errno::ENOMEM)
/// }
/// ```
pub trait TryPush<T> {
    /// Appends `value`.
    ///
    /// # Errors
    ///
    /// `value`, if there is no room; the collection is as it was.
    fn try_push(&mut self, value: T) -> core::result::Result<(), T>;
}

impl<T> TryPush<T> for Vec<T> {
    fn try_push(&mut self, value: T) -> core::result::Result<(), T> {
        if self.try_reserve(1).is_err() {
            return Err(value);
        }
        self.push(value);
        Ok(())
    }
}

impl<'a> TryPush<&'a str> for String {
    fn try_push(
        &mut self,
        value: &'a str,
    ) -> core::result::Result<(), &'a str> {
        if self.try_reserve(value.len()).is_err() {
            return Err(value);
        }
        self.push_str(value);
        Ok(())
    }
}

struct Heap;

#[cfg(target_os = "none")]
#[global_allocator]
static HEAP: Heap = Heap;

// SAFETY: until it is freed, a block of the kernel has the requested size and
// alignment and overlaps no other block. The kernel has no reference to it, and keeps
// its records elsewhere. Nothing here unwinds: programs do not.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ffi::rex_heap_alloc(layout.size() as u64, layout.align() as u64)
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: by the caller's word, `ptr` was allocated with this layout, and is
        // no longer used.
        let result = unsafe {
            ffi::rex_heap_free(ptr, layout.size() as u64, layout.align() as u64)
        };
        // Safe code cannot get here; code that does must not go on.
        assert!(result >= 0, "free of memory that is not allocated");
    }

    unsafe fn realloc(
        &self,
        ptr: *mut u8,
        layout: Layout,
        new_size: usize,
    ) -> *mut u8 {
        // SAFETY: as above; and `ptr` is used no more if the result is not null.
        unsafe {
            ffi::rex_heap_realloc(
                ptr,
                layout.size() as u64,
                layout.align() as u64,
                new_size as u64,
            )
        }
    }
}
