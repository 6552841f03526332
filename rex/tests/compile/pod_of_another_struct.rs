// SPDX-License-Identifier: GPL-2.0
//@ error: a struct with padding is not plain data
//! Another name of a struct is the struct.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

type Other = Padded;

#[derive(Clone, Copy)]
#[repr(C)]
struct Padded {
    a: u8,
    b: u32,
}

rex::__rex_pod! { Other { a b } }

#[rex_kprobe]
fn prog(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}
