// SPDX-License-Identifier: GPL-2.0
//@ error: fields `place` and `_run` of struct `DataLoc` are private
//! Only the kernel says where data are.
#![no_std]
#![no_main]

use rex::tracepoint::DataLoc;

pub fn forge() -> DataLoc {
    DataLoc {
        place: 1 << 31,
        _run: core::marker::PhantomData,
    }
}

#[rex::rex_kprobe]
fn prog(_: &rex::kprobe::kprobe, _: &mut rex::pt_regs::PtRegs) -> rex::Result {
    Ok(forge().len() as i32)
}
