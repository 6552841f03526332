// SPDX-License-Identifier: GPL-2.0
//@ error: `XdpAction` is no verdict of this kind of program
//! A verdict of XDP is none of tc.
#![no_std]
#![no_main]

use rex::rex_tc;
use rex::sched_cls::*;
use rex::xdp::XdpAction;

#[rex_tc]
fn prog(_: &sched_cls, _: &mut __sk_buff) -> XdpAction {
    XdpAction::Drop
}
