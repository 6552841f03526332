// SPDX-License-Identifier: GPL-2.0
//! Memory for [`Box`], [`Vec`], [`String`], [`BTreeMap`] and the like.
//! C counterpart: `kmod/heap.c`.
//!
//! A program that wants them says so:
//!
//! ```ignore
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
//! All programs of an object share one heap, in every context that they run in.
//! Its size is given when the object is loaded (`heap_size` of
//! `struct rex_obj_open_opts`, `rexctl load --heap`), 1 MiB if the loader does
//! not say. It has room for blocks of up to 4 MiB; small ones take a multiple of
//! 16 bytes, those above 768 bytes of 1 KiB, those above 48 KiB of 64 KiB.
//!
//! If there is no room, what allocates panics: the program is stopped, and the
//! report names the size. What is allocated in the `try_` way is an error
//! instead:
//!
//! ```ignore
//! # fn names(wanted: usize) -> core::result::Result<Vec<u64>, i32> {
//! let mut names: Vec<u64> = Vec::new();
//! if names.try_reserve(wanted).is_err() {
//!     return Err(-ENOMEM);
//! }
//! # Ok(names)
//! # }
//! ```
//!
//! A program that others make grow asks how full its heap is, and does without what it
//! has no room for, in place of a panic that ends it:
//!
//! ```ignore
//! # use rex::prelude::*;
//! #[map]
//! static SHED: Shared<u64> = Shared::new();
//!
//! # fn store(_: u32) {}
//! fn on_event(pid: u32) {
//!     // A quarter is left for what cannot be done without.
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
//! What a program does not free (`core::mem::forget`, a run that is stopped)
//! stays allocated as long as the object is loaded.
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

/// The bytes that the programs of the object may allocate in all.
#[inline(always)]
#[must_use]
pub fn size() -> u64 {
    ffi::rex_heap_bytes(0)
}

/// The bytes that they have allocated now. It adds up what all CPUs have done, and other
/// CPUs go on meanwhile.
#[inline(always)]
#[must_use]
pub fn used() -> u64 {
    ffi::rex_heap_bytes(1)
}

/// The bytes that are free. A block of that size may not be: they can be in several
/// places.
#[inline(always)]
#[must_use]
pub fn free() -> u64 {
    size().saturating_sub(used())
}

/// Puts `value` on the heap.
///
/// # Errors
///
/// `value`, if there is no room.
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
    // SAFETY: there is room for a T, aligned for it, which nobody else uses.
    unsafe { place.write(value) };
    // SAFETY: it was allocated with the layout of a T, or has no size, and is a T.
    Ok(unsafe { Box::from_raw(place.as_ptr()) })
}

/// `push` with an error in place of a panic where the heap has no room.
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

// SAFETY: the kernel hands out memory that nobody else has, of the size and the
// alignment that were asked for, until it is freed. It has no reference to it,
// and keeps its account elsewhere. Nothing here unwinds: programs do not.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ffi::rex_heap_alloc(layout.size() as u64, layout.align() as u64)
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller says that `ptr` was allocated with this layout, and
        // does not use it any more.
        let result = unsafe {
            ffi::rex_heap_free(ptr, layout.size() as u64, layout.align() as u64)
        };
        // Not to be had with safe code; whatever has led here must not go on.
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
