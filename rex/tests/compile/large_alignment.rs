// SPDX-License-Identifier: GPL-2.0
//@ error: moves the stack pointer by an unknown number
//! A value whose alignment is above a page does not move the stack.
#![no_std]
#![no_main]

use core::hint::black_box;

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[repr(align(1048576))]
struct Aligned([u8; 16]);

#[inline(never)]
fn keep(byte: u8) -> u8 {
    let mut value = Aligned([0; 16]);
    black_box(&mut value).0[3] = byte;
    black_box(&value).0[3]
}

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    Ok(keep(regs.rdi() as u8).into())
}
