// SPDX-License-Identifier: GPL-2.0
//@ error: no method named `attach_cookie` found
//! Only programs at probes and traced functions have a cookie.
#![no_std]
#![no_main]

use rex::prelude::*;

#[xdp]
fn prog(ctx: &mut XdpContext) -> XdpAction {
    if ctx.attach_cookie() == 0 {
        return XdpAction::Drop;
    }
    XdpAction::Pass
}
