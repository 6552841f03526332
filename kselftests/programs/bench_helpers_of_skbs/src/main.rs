// SPDX-License-Identifier: GPL-2.0
//! The Rex sides of the operations of helpers in programs of tc that `make bench` compares: see
//! kselftests/bench/pairs/helpers.bpf.c.
#![no_std]
#![no_main]

#[path = "../../operations.rs"]
mod operations;
mod skbs;

use rex::prelude::*;

use operations::operations;

operations! {
    #[tc] skbs(TcContext) -> TcAction:
        nothing_of_skbs
        skb_load_bytes skb_store_bytes skb_pull_data
        skb_hash skb_cgroup_id skb_ancestor_cgroup_id
        socket_cookie socket_uid skb_set_tstamp
        l3_csum_replace l4_csum_replace
        skb_vlan_push_and_pop skb_change_tail_and_back
        skb_adjust_room_and_back skb_queue_mapping
        redirect_peer redirect_neigh;
}
