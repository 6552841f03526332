// SPDX-License-Identifier: GPL-2.0
//@ error: this is no section of this kind of program
//! A program that sees the device of a devmap is attached to an entry of one only.
#![no_std]
#![no_main]

use rex::prelude::*;

fn prog(_: &mut XdpContext) -> XdpAction {
    XdpAction::Pass
}

rex::__rex_program! { [context] xdp_devmap prog entry "prog" [section "xdp"] 0u32 [] }
