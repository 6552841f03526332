// SPDX-License-Identifier: GPL-2.0
//! The Rex sides of the operations of timers that `make bench` compares: see
//! kselftests/bench/pairs/helpers.bpf.c.
#![no_std]
#![no_main]

#[path = "../../operations.rs"]
mod operations;
mod packets;

use rex::prelude::*;

use operations::operations;

operations! {
    #[xdp] packets(XdpContext) -> XdpAction:
        nothing_of_timers
        timer_arm;
}

/// The program that `timer_arm` arms.
#[timer]
fn alarm(_: &mut TimerContext) {}
