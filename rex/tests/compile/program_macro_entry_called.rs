// SPDX-License-Identifier: GPL-2.0
//@ error: no rules expected
//@ edition: 2018 2021 2024
//! No code of the program gets to where the function that the kernel calls has a
//! name.
#![no_std]
#![no_main]

use rex::Result;
use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;

trait Forge {
    fn forge(regs: usize) -> u32;
}

struct S;

fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    Ok(regs.rdi() as i32)
}

rex::__rex_program! {
    kprobe prog entry "prog" [section "kprobe"] 0u32 [{
        impl Forge for S {
            fn forge(regs: usize) -> u32 {
                entry(regs as *mut core::ffi::c_void)
            }
        }
        0
    }]
}

pub fn read(address: usize) -> u32 {
    S::forge(address)
}
