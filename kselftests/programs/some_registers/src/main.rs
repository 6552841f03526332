// SPDX-License-Identifier: GPL-2.0
//! A program whose functions save some of the registers that functions preserve, and not
//! others, with calls of each kind. Nothing here may be able to panic, since that code
//! changes all of them.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use core::hint::black_box;

use rex::map::RexArrayMap;
use rex::spinlock::SpinLocked;
use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_map, rex_xdp};

#[rex_map]
static locked: RexArrayMap<SpinLocked<u64>> = RexArrayMap::new(1, 0);

/// Both numbers are in registers that functions preserve, while it calls itself.
#[inline(never)]
fn binomial(n: u64, k: u64) -> u64 {
    if k == 0 || k == n {
        return 1;
    }
    let less = n.wrapping_sub(1);
    let left = black_box(binomial(less, k.wrapping_sub(1)));
    left.wrapping_add(binomial(less, k))
}

/// The copy is a call of memcpy().
#[inline(never)]
fn copy(from: &[u64; 40]) -> u64 {
    let to = black_box(*from);
    to[7]
}

#[inline(never)]
fn write_down(obj: &xdp, number: u64) {
    if let Some(element) = obj.bpf_map_lookup_elem(&locked, &0)
        && let Ok(mut guard) = element.lock()
    {
        *guard = number;
    }
}

#[rex_xdp(default_ret = 2)]
pub fn saves_some(obj: &xdp, _: &mut xdp_md) -> Result {
    black_box(obj.bpf_ktime_get_ns());
    write_down(obj, binomial(black_box(3), black_box(2)));
    black_box(copy(black_box(&[7; 40])));
    Ok(XDP_PASS as i32)
}
