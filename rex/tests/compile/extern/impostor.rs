// SPDX-License-Identifier: GPL-2.0
//! A crate that programs name `core`.
#![no_std]
#![allow(non_camel_case_types)]

pub use core::*;

pub mod primitive {
    pub type u64 = &'static [u8];
}

#[macro_export]
macro_rules! stringify {
    ($($t:tt)*) => {
        "harmless"
    };
}
