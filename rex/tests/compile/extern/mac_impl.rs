// SPDX-License-Identifier: GPL-2.0
//! A macro that makes an unsafe impl.
#![no_std]

/// Makes a type that can be shared.
#[macro_export]
macro_rules! share {
    ($name:ident) => {
        unsafe impl Sync for $name {}
    };
}
