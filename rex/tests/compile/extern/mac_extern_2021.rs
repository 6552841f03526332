// SPDX-License-Identifier: GPL-2.0
//! A macro that declares a function of the runtime as it was done before 2024.
#![no_std]

/// Declares it.
#[macro_export]
macro_rules! declare {
    () => {
        extern "C" {
            #[allow(dead_code)]
            fn rex_heap_free(pointer: usize);
        }
    };
}
