// SPDX-License-Identifier: GPL-2.0
//@ error: is no verdict of this kind of program
//! A program does not make up actions that the kernel does not know.
#![no_std]
#![no_main]

use rex::rex_xdp;
use rex::verdict::Action;
use rex::xdp::*;

#[derive(Clone, Copy)]
struct Any(i32);

impl Action for Any {
    const ON_ERROR: Self = Self(77);

    fn from_number(number: i32) -> Option<Self> {
        Some(Self(number))
    }
}

#[rex_xdp]
fn prog(_: &xdp, _: &mut xdp_md) -> Any {
    Any(77)
}
