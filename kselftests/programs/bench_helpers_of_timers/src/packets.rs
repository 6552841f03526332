// SPDX-License-Identifier: GPL-2.0
//! Operations of timers in programs of packets.

use core::time::Duration;

use rex::prelude::*;

pub(crate) fn nothing_of_timers(_: &XdpContext) -> bool {
    true
}

pub(crate) fn timer_arm(ctx: &XdpContext) -> bool {
    ctx.arm_timer("alarm", Duration::from_secs(3600)).is_ok()
}
