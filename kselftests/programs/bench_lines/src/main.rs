// SPDX-License-Identifier: GPL-2.0
//! A program of 10,000 lines, which macros make, to measure its load: kselftests/bench/costs.c.
//! Its twin in eBPF is kselftests/bench/pairs/lines.bpf.c.
#![no_std]
#![no_main]

use rex::prelude::*;

const PACKET: usize = 1024;
const RESULT: usize = 8;
const INPUT: usize = PACKET - RESULT;

/// Ten lines.
macro_rules! block {
    ($x:ident, $input:ident, $n:expr) => {
        $x = $x.wrapping_add(u32::from($input[$n % INPUT]));
        $x ^= $x << 13;
        $x ^= $x >> 17;
        $x ^= $x << 5;
        if $x & 1 << ($n % 32) != 0 {
            $x = $x.wrapping_mul(0x9e3779b1);
            $x ^= u32::from($input[$n * 7 % INPUT]);
        }
        $x = $x.rotate_left(($n % 31) as u32 + 1);
        $x = $x.wrapping_add($n as u32);
    };
}

macro_rules! ten {
    ($make:ident, $x:ident, $input:ident, $n:expr) => {
        $make!($x, $input, $n * 10);
        $make!($x, $input, $n * 10 + 1);
        $make!($x, $input, $n * 10 + 2);
        $make!($x, $input, $n * 10 + 3);
        $make!($x, $input, $n * 10 + 4);
        $make!($x, $input, $n * 10 + 5);
        $make!($x, $input, $n * 10 + 6);
        $make!($x, $input, $n * 10 + 7);
        $make!($x, $input, $n * 10 + 8);
        $make!($x, $input, $n * 10 + 9);
    };
}

macro_rules! ten_blocks {
    ($x:ident, $input:ident, $n:expr) => {
        ten!(block, $x, $input, ($n))
    };
}

/// A thousand lines.
#[inline(never)]
fn part<const N: usize>(mut x: u32, input: &[u8; INPUT]) -> u32 {
    ten!(ten_blocks, x, input, N);
    x
}

fn compute(input: &[u8; INPUT]) -> u32 {
    let mut x = 1;
    x = part::<0>(x, input);
    x = part::<1>(x, input);
    x = part::<2>(x, input);
    x = part::<3>(x, input);
    x = part::<4>(x, input);
    x = part::<5>(x, input);
    x = part::<6>(x, input);
    x = part::<7>(x, input);
    x = part::<8>(x, input);
    part::<9>(x, input)
}

#[xdp]
fn lines(ctx: &mut XdpContext) -> XdpAction {
    let Some((result, rest)) = ctx.data_mut().split_first_chunk_mut::<RESULT>()
    else {
        return XdpAction::Aborted;
    };
    let Some(input) = rest.first_chunk() else {
        return XdpAction::Aborted;
    };
    result[..4].copy_from_slice(&compute(input).to_le_bytes());
    XdpAction::Pass
}
