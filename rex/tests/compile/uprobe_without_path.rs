// SPDX-License-Identifier: GPL-2.0
//@ error: `path` and `function` go together
//! A program at a function of userspace names the file.
#![no_std]
#![no_main]

use rex::pt_regs::PtRegs;
use rex::uprobe::uprobe;

#[rex::rex_uprobe(function = "main")]
fn prog(_: &uprobe, _: &mut PtRegs) -> rex::Result {
    Ok(0)
}
