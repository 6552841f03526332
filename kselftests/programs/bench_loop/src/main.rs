// SPDX-License-Identifier: GPL-2.0
//! A loop of a million rounds, which a load does not simulate.
#![no_std]
#![no_main]

use core::hint::black_box;
use rex::xdp::{XDP_DROP, XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_xdp};

const ROUNDS: u64 = 1_000_000;

/// Passes packets if the sum is right.
#[rex_xdp]
pub fn sum(_: &xdp, _: &mut xdp_md) -> Result {
    let mut sum = 0;
    for i in 1..=ROUNDS {
        sum += black_box(i);
    }
    let right = sum == ROUNDS * (ROUNDS + 1) / 2;
    Ok(if right { XDP_PASS } else { XDP_DROP } as i32)
}
