// SPDX-License-Identifier: GPL-2.0
//@ extern: deriver
//@ error: derive_of_forged_pod.rs:1
//@ error: a Rex program has no unsafe code
//! An unsafe impl that looks as if the crate had made it is refused.
#![no_std]
#![no_main]

use rex::kprobe::*;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe};

#[derive(Clone, Copy, deriver::ForgedPod)]
#[repr(transparent)]
struct Truth(bool);

const fn is_pod<T: rex::Pod>() {}
const _: () = is_pod::<Truth>();

#[rex_kprobe]
fn prog(_: &kprobe, regs: &mut PtRegs) -> Result {
    let _ = &regs;
    Ok(Truth(true).0.into())
}
