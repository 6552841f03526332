// SPDX-License-Identifier: GPL-2.0
//! Faults of programs that change few registers: nothing here may be able to panic, since
//! that code changes all of them.
#![no_std]
#![no_main]

use core::hint::black_box;

use rex::timer::{TimerEvent, timer};
use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_timer, rex_xdp};

/// Returns the sum of the numbers from 1 to `n`, whose number after the call is in a
/// register that functions preserve.
#[inline(never)]
fn sum_to(n: u64) -> u64 {
    match n {
        0 => 0,
        _ => n.wrapping_add(black_box(sum_to(n - 1))),
    }
}

fn overflow() {
    black_box(sum_to(black_box(u64::MAX)));
}

#[rex_xdp]
pub fn returns(_: &xdp, _: &mut xdp_md) -> Result {
    black_box(sum_to(black_box(10)));
    Ok(XDP_PASS as i32)
}

#[rex_xdp(default_ret = 2)]
pub fn overflows(_: &xdp, _: &mut xdp_md) -> Result {
    overflow();
    Ok(0)
}

#[rex_xdp(default_ret = 2, timeout_ms = 100)]
pub fn loops(_: &xdp, _: &mut xdp_md) -> Result {
    loop {
        black_box(());
    }
}

#[rex_xdp(default_ret = 2, timeout_ms = 100)]
pub fn loops_in_a_helper(obj: &xdp, _: &mut xdp_md) -> Result {
    loop {
        black_box(obj.bpf_ktime_get_ns());
    }
}

#[rex_timer(period_ms = 20)]
pub fn overflows_in_a_timer(_: &timer, _: &TimerEvent) -> Result {
    overflow();
    Ok(0)
}
