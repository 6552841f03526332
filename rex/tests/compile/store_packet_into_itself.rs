// SPDX-License-Identifier: GPL-2.0
//@ error: cannot borrow `*ctx` as mutable because it is also borrowed as immutable
//! Bytes of a packet cannot be copied to the same packet by a helper.
#![no_std]
#![no_main]

use rex::xdp::*;
use rex::{Result, rex_xdp};

#[rex_xdp]
fn prog(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let data = ctx.data_slice();
    obj.bpf_xdp_store_bytes(ctx, 4, &data[..8])
}
