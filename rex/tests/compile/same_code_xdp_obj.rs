// SPDX-License-Identifier: GPL-2.0
//! See `same_code_xdp`.
#![no_std]
#![no_main]

use rex::rex_xdp;
use rex::xdp::{XdpAction, xdp, xdp_md};

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> XdpAction {
    if obj.bpf_xdp_adjust_tail(ctx, -4).is_err() {
        return XdpAction::Drop;
    }
    match ctx.data_slice().first() {
        Some(1) => XdpAction::Tx,
        _ => XdpAction::Pass,
    }
}
