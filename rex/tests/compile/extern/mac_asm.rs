// SPDX-License-Identifier: GPL-2.0
//! A macro with assembly.
#![no_std]

/// Disables interrupts.
#[macro_export]
macro_rules! cli {
    () => {
        unsafe { core::arch::asm!("cli") }
    };
}
