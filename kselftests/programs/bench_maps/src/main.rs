// SPDX-License-Identifier: GPL-2.0
//! The Rex sides of the operations of maps in programs of packets that `make bench`
//! compares: see kselftests/bench/pairs/maps.bpf.c.
#![no_std]
#![no_main]

#[path = "../../operations.rs"]
mod operations;
mod packets;

use rex::prelude::*;

use operations::operations;

operations! {
    #[xdp] packets(XdpContext) -> XdpAction:
        nothing
        array_read array_add array_set
        percpu_array_add percpu_array_of_cpu
        hash_miss hash_hit hash_update hash_update_and_hit
        hash_insert_and_delete hash_visit_8
        percpu_hash_hit percpu_hash_of_cpu percpu_hash_update
        lru_hit lru_update lru_percpu_hit lru_percpu_update
        trie_hit trie_update_and_hit
        array_of_maps_hit hash_of_maps_hit
        queue_push_and_pop queue_peek stack_push_and_pop stack_peek
        bloom_push bloom_peek
        ring_reserve_and_discard ring_reserve_and_submit ring_output ring_query
        user_ring_read perf_output
        devmap_redirect devmap_hash_redirect cpumap_redirect;
}
