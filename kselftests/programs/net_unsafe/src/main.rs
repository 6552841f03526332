// SPDX-License-Identifier: GPL-2.0
//! Calls the helpers for packets in programs that have none, as a hole in the
//! crate might: each of them has to refuse.
#![no_std]
#![no_main]

mod names;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_map, rex_tracepoint, rex_xdp};

use names::*;

/// The results of the helpers, in the order of this file.
#[rex_map]
static results: RexArrayMap<u64> = RexArrayMap::new(64, 0);

macro_rules! helpers {
    ($calls:ident, $first:ident, $nr:ident:
     $($name:ident($($value:literal),*);)*) => {
        unsafe extern "C" {
            $(fn $name(a: u64, b: u64, c: u64, d: u64, e: u64) -> i64;)*
        }

        const _: () = assert!([$(stringify!($name)),*].len() == $nr as usize);

        /// Stores the results.
        fn $calls() {
            let mut index = $first;
            $(
                // SAFETY: the helper refuses the call, which is the test.
                let result = unsafe { $name($($value),*) };
                let _ = results.insert(&index, &(result as u64));
                index += 1;
            )*
            let _ = index;
        }
    };
}

helpers! {
    call_both, FIRST_OF_BOTH, NR_OF_BOTH:
    bpf_csum_diff(0, 8, 0, 8, 0);
    bpf_fib_lookup(0, 0, 64, 0, 0);
    bpf_redirect(1, 0, 0, 0, 0);
}

helpers! {
    call_xdp, FIRST_OF_XDP, NR_OF_XDP:
    bpf_xdp_adjust_head(0, 0, 0, 0, 0);
    bpf_xdp_adjust_meta(0, 0, 0, 0, 0);
    bpf_xdp_adjust_tail(0, 0, 0, 0, 0);
    bpf_xdp_get_buff_len(0, 0, 0, 0, 0);
    bpf_xdp_load_bytes(0, 0, 0, 8, 0);
    bpf_xdp_store_bytes(0, 0, 0, 8, 0);
    bpf_redirect_map(0, 0, 0, 0, 0);
}

const _: () = assert!(REDIRECT_MAP == FIRST_OF_XDP + NR_OF_XDP - 1);

helpers! {
    call_tc, FIRST_OF_TC, NR_OF_TC:
    bpf_clone_redirect(0, 1, 0, 0, 0);
    bpf_get_hash_recalc(0, 0, 0, 0, 0);
    bpf_l3_csum_replace(0, 0, 0, 0, 2);
    bpf_l4_csum_replace(0, 0, 0, 0, 2);
    bpf_redirect_peer(1, 0, 0, 0, 0);
    bpf_skb_adjust_room(0, 4, 1, 0, 0);
    bpf_skb_change_head(0, 4, 0, 0, 0);
    bpf_skb_change_tail(0, 4, 0, 0, 0);
    bpf_skb_load_bytes(0, 0, 0, 8, 0);
    bpf_skb_pull_data(0, 0, 0, 0, 0);
    bpf_skb_store_bytes(0, 0, 0, 8, 0);
    bpf_skb_vlan_pop(0, 0, 0, 0, 0);
    bpf_skb_vlan_push(0, 0, 0, 0, 0);
    rex_skb_vlan_present(0, 0, 0, 0, 0);
}

/// Calls all helpers without a packet.
#[rex_tracepoint]
fn without_packet(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if ctx.fildes == CALL {
        call_both();
        call_tc();
        call_xdp();
    }
    Ok(0)
}

/// Calls tc's helpers with an XDP packet.
#[rex_xdp]
fn with_xdp_packet(_: &xdp, _: &mut xdp_md) -> Result {
    call_tc();
    Ok(XDP_PASS as i32)
}
