// SPDX-License-Identifier: GPL-2.0
//! Helpers that take the context of the run.

use core::hint::black_box;

use crate::maps::{kernel_map, stacks};

/// The loopback device.
const LOOPBACK: u32 = 1;
/// The size of the checksum field that is replaced.
const TWO_BYTES: u64 = 2;
/// BPF_ADJ_ROOM_MAC
const ROOM_MAC: u32 = 1;
/// The offsets of the checksums of IPv4 and UDP.
const IP_CHECKSUM: u32 = 24;
const UDP_CHECKSUM: u32 = 40;
/// BPF_F_REUSE_STACKID: other stacks make room.
const REUSE: u64 = 1 << 10;
/// ETH_P_8021Q, as it is in a packet.
const VLAN: u16 = 0x8100u16.to_be();

static SOURCE: [u8; 8] = [0; 8];

fn buffer() -> [u8; 64] {
    black_box([0; 64])
}

acts! {
    ctx;
    // XDP and tc
    bpf_csum_diff:
        step!(bpf_csum_diff(SOURCE.as_ptr(), 8, SOURCE.as_ptr(), 8, 0)),
    bpf_fib_lookup: {
        // Look up a route of IPv4 from the loopback device.
        let mut params = buffer();
        params[0] = 2;
        params[8] = LOOPBACK as u8;
        step!(bpf_fib_lookup(ctx, params.as_mut_ptr(), 64, 0))
    },
    bpf_redirect: step!(bpf_redirect(LOOPBACK, 0)),

    // XDP
    bpf_xdp_adjust_head: step!(bpf_xdp_adjust_head(ctx, -8i32)),
    bpf_xdp_adjust_meta: step!(bpf_xdp_adjust_meta(ctx, -8i32)),
    bpf_xdp_adjust_tail: step!(bpf_xdp_adjust_tail(ctx, -4i32)),
    bpf_xdp_load_bytes: {
        let mut to = buffer();
        step!(bpf_xdp_load_bytes(ctx, 0, to.as_mut_ptr(), 8))
    },
    bpf_xdp_store_bytes: step!(bpf_xdp_store_bytes(ctx, 0, SOURCE.as_ptr(), 8)),

    // tc
    bpf_clone_redirect: step!(bpf_clone_redirect(ctx, LOOPBACK, 0)),
    bpf_l3_csum_replace:
        step!(bpf_l3_csum_replace(ctx, IP_CHECKSUM, 0, 1, TWO_BYTES)),
    bpf_l4_csum_replace:
        step!(bpf_l4_csum_replace(ctx, UDP_CHECKSUM, 0, 1, TWO_BYTES)),
    bpf_redirect_neigh: step!(bpf_redirect_neigh(LOOPBACK, 0)),
    bpf_redirect_peer: step!(bpf_redirect_peer(LOOPBACK, 0)),
    bpf_skb_adjust_room: step!(bpf_skb_adjust_room(ctx, 4, ROOM_MAC, 0)),
    bpf_skb_ancestor_cgroup_id: step!(bpf_skb_ancestor_cgroup_id(ctx, 0)),
    bpf_skb_change_head: step!(bpf_skb_change_head(ctx, 4, 0)),
    bpf_skb_change_tail: step!(bpf_skb_change_tail(ctx, 60, 0)),
    bpf_skb_load_bytes: {
        let mut to = buffer();
        step!(bpf_skb_load_bytes(ctx, 0, to.as_mut_ptr(), 8))
    },
    bpf_skb_pull_data: step!(bpf_skb_pull_data(ctx, 0)),
    bpf_skb_set_tstamp: step!(bpf_skb_set_tstamp(ctx, 1, 1)),
    bpf_skb_store_bytes:
        step!(bpf_skb_store_bytes(ctx, 0, SOURCE.as_ptr(), 8, 0)),
    bpf_skb_vlan_push: step!(bpf_skb_vlan_push(ctx, VLAN, 5)),
    bpf_skb_vlan_pop: {
        call!(bpf_skb_vlan_push(ctx, VLAN, 5));
        step!(bpf_skb_vlan_pop(ctx))
    },
    rex_skb_set_queue_mapping: step!(rex_skb_set_queue_mapping(ctx, 0)),

    // Perf events
    bpf_get_stack_pe: {
        let mut stack = buffer();
        step!(bpf_get_stack_pe(ctx, stack.as_mut_ptr(), 64, 0))
    },
    bpf_get_stackid_pe:
        step!(bpf_get_stackid_pe(ctx, kernel_map(&stacks), REUSE)),
    bpf_perf_prog_read_value: {
        let mut value = buffer();
        step!(bpf_perf_prog_read_value(ctx, value.as_mut_ptr(), 24))
    },

    // Kprobes
    rex_override_return: step!(rex_override_return(ctx, -5i64)),
}
