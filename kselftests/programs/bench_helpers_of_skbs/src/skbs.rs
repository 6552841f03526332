// SPDX-License-Identifier: GPL-2.0
//! Operations of helpers in programs of tc.

use rex::linux::bpf::BPF_ADJ_ROOM_MAC;
use rex::prelude::*;
use rex::time::Instant;

pub(crate) fn nothing_of_skbs(_: &TcContext) -> bool {
    true
}

pub(crate) fn skb_load_bytes(ctx: &TcContext) -> bool {
    let mut bytes = [0; 16];
    ctx.load_bytes(14, &mut bytes).is_ok() && bytes[0] == 0x45
}

pub(crate) fn skb_store_bytes(ctx: &mut TcContext) -> bool {
    ctx.store_bytes(0, &[1; 8], 0).is_ok()
}

pub(crate) fn skb_pull_data(ctx: &mut TcContext) -> bool {
    ctx.pull_data(64).is_ok()
}

pub(crate) fn skb_hash(ctx: &mut TcContext) -> bool {
    ctx.hash_recalc() != 0
}

pub(crate) fn skb_cgroup_id(ctx: &TcContext) -> bool {
    ctx.cgroup_id() != 0
}

pub(crate) fn skb_ancestor_cgroup_id(ctx: &TcContext) -> bool {
    ctx.ancestor_cgroup_id(0) != 0
}

pub(crate) fn socket_cookie(ctx: &TcContext) -> bool {
    ctx.socket_cookie() != 0
}

pub(crate) fn socket_uid(ctx: &TcContext) -> bool {
    ctx.socket_uid() != 65534
}

pub(crate) fn skb_set_tstamp(ctx: &mut TcContext) -> bool {
    ctx.set_delivery_time(Instant::from_ns(1)).is_ok()
}

pub(crate) fn l3_csum_replace(ctx: &mut TcContext) -> bool {
    ctx.l3_csum_replace(24, 7, 7, 2).is_ok()
}

pub(crate) fn l4_csum_replace(ctx: &mut TcContext) -> bool {
    ctx.l4_csum_replace(40, 7, 7, 2).is_ok()
}

pub(crate) fn skb_vlan_push_and_pop(ctx: &mut TcContext) -> bool {
    ctx.vlan_push(0x8100.into(), 5).is_ok() && ctx.vlan_pop().is_ok()
}

pub(crate) fn skb_change_tail_and_back(ctx: &mut TcContext) -> bool {
    ctx.change_tail(1020).is_ok() && ctx.change_tail(1024).is_ok()
}

pub(crate) fn skb_adjust_room_and_back(ctx: &mut TcContext) -> bool {
    ctx.adjust_room(16, BPF_ADJ_ROOM_MAC, 0).is_ok()
        && ctx.adjust_room(-16, BPF_ADJ_ROOM_MAC, 0).is_ok()
}

pub(crate) fn skb_queue_mapping(ctx: &mut TcContext) -> bool {
    ctx.set_queue_mapping(0).is_ok()
}

pub(crate) fn redirect_peer(ctx: &mut TcContext) -> bool {
    ctx.redirect_peer(1) == TcAction::Redirect
}

pub(crate) fn redirect_neigh(ctx: &mut TcContext) -> bool {
    ctx.redirect_neigh(1) == TcAction::Redirect
}
