// SPDX-License-Identifier: GPL-2.0
//! A library that defines a function of the runtime, in a constant that the
//! compiler does not show in its own form of the source.
#![no_std]

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The trait by which the method below is reached.
pub trait Hook {
    /// Its address.
    fn go() -> usize;
}

/// Has it.
pub struct Outer;

/// The place of the memory.
pub static WHERE: AtomicUsize = AtomicUsize::new(0);

/// Hides it.
pub fn hidden() -> impl PartialEq<
    [u8; {
        pub trait T {
            #[unsafe(no_mangle)]
            #[inline(never)]
            extern "C" fn rex_heap_alloc(_: u64, _: u64) -> *mut u8 {
                WHERE.load(Relaxed) as *mut u8
            }
        }
        pub struct X;
        impl T for X {}
        impl Hook for Outer {
            #[inline(never)]
            fn go() -> usize {
                <X as T>::rex_heap_alloc as extern "C" fn(u64, u64) -> *mut u8
                    as usize
            }
        }
        1
    }],
> {
    [0u8]
}
