// SPDX-License-Identifier: GPL-2.0
//@ error: is no verdict of this kind of program
//! A program of XDP decides by the actions of XDP.
#![no_std]
#![no_main]

use rex::prelude::*;

#[xdp]
fn prog(_: &mut XdpContext) -> TcAction {
    TcAction::Ok
}
