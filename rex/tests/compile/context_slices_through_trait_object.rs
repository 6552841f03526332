// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*packet` as mutable more than once
//! A trait of a program has no longer lifetimes than the methods that it calls.
#![no_std]
#![no_main]

use rex::prelude::*;

trait Packet {
    fn bytes(&mut self) -> &mut [u8];
    fn shorten(&mut self);
}

impl Packet for XdpContext<'_> {
    fn bytes(&mut self) -> &mut [u8] {
        self.data_mut()
    }

    fn shorten(&mut self) {
        let _ = self.adjust_tail(-1);
    }
}

#[xdp]
fn prog(ctx: &mut XdpContext) -> XdpAction {
    let packet: &mut dyn Packet = ctx;
    let bytes = packet.bytes();
    packet.shorten();
    bytes.fill(0);
    XdpAction::Pass
}
