// SPDX-License-Identifier: GPL-2.0
//! A macro that declares a function of the runtime.
#![no_std]

/// Declares it.
#[macro_export]
macro_rules! declare {
    () => {
        unsafe extern "C" {
            pub safe fn rex_heap_free(pointer: usize);
        }
    };
}
