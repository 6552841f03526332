// SPDX-License-Identifier: GPL-2.0
//! A macro with an unsafe block, as many crates have one.
#![no_std]

/// Reads a byte.
#[macro_export]
macro_rules! peek {
    ($pointer:expr) => {
        // SAFETY: the caller says so.
        unsafe { *$pointer }
    };
}
