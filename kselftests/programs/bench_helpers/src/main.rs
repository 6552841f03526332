// SPDX-License-Identifier: GPL-2.0
//! The Rex sides of the operations of helpers that `make bench` compares: see
//! kselftests/bench/pairs/helpers.bpf.c.
#![no_std]
#![no_main]

#[path = "../../operations.rs"]
mod operations;
mod packets;
mod skbs;
mod sleepers;
mod tasks;

use rex::prelude::*;
use rex::rex_xdp;
use rex::xdp::{XDP_ABORTED, XDP_PASS, xdp, xdp_md};

use operations::operations;

operations! {
    #[xdp] packets(XdpContext) -> XdpAction:
        nothing_of_helpers
        ktime ktime_boot ktime_coarse ktime_tai jiffies
        random cpu numa_node three_calls
        read_kernel read_kernel_str print timer_arm
        csum_diff fib_lookup redirect
        xdp_adjust_head_and_back xdp_adjust_meta_and_back
        xdp_adjust_tail_and_back
        xdp_length xdp_load_bytes xdp_store_bytes;
    #[tc] skbs(TcContext) -> TcAction:
        nothing_of_skbs
        skb_load_bytes skb_store_bytes skb_pull_data
        skb_hash skb_cgroup_id skb_ancestor_cgroup_id
        l3_csum_replace l4_csum_replace
        skb_vlan_push_and_pop skb_change_tail_and_back
        skb_adjust_room_and_back skb_queue_mapping
        redirect_peer redirect_neigh;
    #[raw_tracepoint("sys_enter")] tasks(RawTracepointContext) -> Result:
        nothing_of_task_helpers
        pid_tgid uid_gid comm cgroup_id ancestor_cgroup_id task
        read_user read_user_str stack;
    #[request(sleepable)] sleepers(Sleepable<RequestContext>) -> Result:
        nothing_of_sleepers
        copy_from_user;
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

/// The program that `timer_arm` arms.
#[timer]
fn alarm(_: &mut TimerContext) {}
