// SPDX-License-Identifier: GPL-2.0
//@ error: unsafe_in_own_unused_macro.rs:14
//! Unsafe code in the body of a macro is refused, even if nobody calls the macro.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[allow(unused_macros)]
macro_rules! unused {
    ($pointer:expr) => {
        unsafe { *$pointer }
    };
}

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
