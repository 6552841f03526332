// SPDX-License-Identifier: GPL-2.0
//! The Rex sides of the operations of helpers in programs of packets that `make bench`
//! compares: see kselftests/bench/pairs/helpers.bpf.c.
#![no_std]
#![no_main]

#[path = "../../operations.rs"]
mod operations;
mod packets;

use rex::prelude::*;
use rex::rex_xdp;
use rex::xdp::{XDP_ABORTED, XDP_PASS, xdp, xdp_md};

use operations::operations;

operations! {
    #[xdp] packets(XdpContext) -> XdpAction:
        nothing_of_helpers
        ktime ktime_boot ktime_coarse ktime_tai jiffies
        random cpu numa_node three_calls
        read_kernel read_kernel_str print
        csum_diff fib_lookup redirect
        xdp_adjust_head_and_back xdp_adjust_meta_and_back
        xdp_adjust_tail_and_back
        xdp_length xdp_load_bytes xdp_store_bytes;
}

/// The helper is one of the programs with two arguments; others format by `write!`.
#[rex_xdp]
fn format(obj: &xdp, _: &mut xdp_md) -> rex::Result {
    let mut text = [0; 32];
    match obj.bpf_snprintf(&mut text, "%d of %u", &[12, 345]) {
        Ok(10) => Ok(XDP_PASS as i32),
        _ => Ok(XDP_ABORTED as i32),
    }
}
