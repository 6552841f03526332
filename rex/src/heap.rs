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
//! What a program does not free (`core::mem::forget`, a run that is stopped)
//! stays allocated as long as the object is loaded.
//!
//! [`Box`]: https://doc.rust-lang.org/alloc/boxed/struct.Box.html
//! [`Vec`]: https://doc.rust-lang.org/alloc/vec/struct.Vec.html
//! [`String`]: https://doc.rust-lang.org/alloc/string/struct.String.html
//! [`BTreeMap`]: https://doc.rust-lang.org/alloc/collections/struct.BTreeMap.html

use core::alloc::{GlobalAlloc, Layout};

use crate::rt::ffi;

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
