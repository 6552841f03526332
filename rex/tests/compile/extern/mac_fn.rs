// SPDX-License-Identifier: GPL-2.0
//! A macro that makes an unsafe function.
#![no_std]

/// Makes a function.
#[macro_export]
macro_rules! make {
    ($name:ident) => {
        #[allow(dead_code)]
        pub unsafe fn $name(address: usize) -> u8 {
            *(address as *const u8)
        }
    };
}
