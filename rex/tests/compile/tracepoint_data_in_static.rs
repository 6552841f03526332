// SPDX-License-Identifier: GPL-2.0
//@ error: `*mut ()` cannot be shared between threads safely
//! The place of data is of no use in another run.
#![no_std]
#![no_main]

use rex::tracepoint::DataLoc;

static PLACE: Option<DataLoc> = None;

#[rex::rex_kprobe]
fn prog(_: &rex::kprobe::kprobe, _: &mut rex::pt_regs::PtRegs) -> rex::Result {
    Ok(PLACE.is_some() as i32)
}
