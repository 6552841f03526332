// SPDX-License-Identifier: GPL-2.0
//! Code of the kinds that LLVM makes of safe Rust and that other programs do not have:
//! aligned frames, numbers of 128 bits, every atomic operation, arguments on the stack.
//! The machine-code check has to accept it, and it has to run.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::sync::atomic::Ordering::SeqCst;
use core::sync::atomic::{AtomicI16, AtomicU8, AtomicU64, fence};

use rex::prelude::*;

macro_rules! aligned {
    ($($name:ident $function:ident $align:literal $size:literal;)*) => { $(
        #[repr(align($align))]
        struct $name([u8; $size]);

        #[inline(never)]
        fn $function(x: u64) -> u64 {
            let mut a = $name([x as u8; $size]);
            let b = $name([!x as u8; $size]);
            black_box(&mut a).0[(x % $size) as usize] = 3;
            u64::from(black_box(&a).0[5]) + u64::from(black_box(&b).0[7])
        }
    )* };
}

aligned! {
    Aligned32 at_32 32 40;
    Aligned64 at_64 64 64;
    Aligned128 at_128 128 300;
    Aligned256 at_256 256 256;
    Aligned512 at_512 512 512;
}

#[inline(never)]
fn wide(a: u128, b: u128) -> u128 {
    let shifted = (black_box(a) as i128) >> (b as u32 & 127);
    (black_box(a).wrapping_mul(b)) / (b | 1) + (a % (b | 3)) + shifted as u128
}

#[inline(never)]
fn bits(x: u64) -> u64 {
    match x % 11 {
        0 => x.swap_bytes(),
        1 => x.reverse_bits(),
        2 => x.leading_zeros().into(),
        3 => x.trailing_zeros().into(),
        4 => x.count_ones().into(),
        5 => x.rotate_left(13),
        6 => u64::from((x as u16).swap_bytes()),
        7 => x.isqrt(),
        8 => u64::from(x as i8 as i32 as u32),
        9 => x.checked_ilog10().unwrap_or(0).into(),
        _ => x.abs_diff(1000).saturating_mul(x),
    }
}

type Ten = fn(u64, u64, u64, u64, u64, u64, u64, u64, u64, u64) -> u64;

#[inline(never)]
#[expect(clippy::too_many_arguments, reason = "some are on the stack")]
fn many(
    a: u64,
    b: u64,
    c: u64,
    d: u64,
    e: u64,
    f: u64,
    g: u64,
    h: u64,
    i: u64,
    j: u64,
) -> u64 {
    black_box(a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j)
}

static LARGE: AtomicU64 = AtomicU64::new(0);
static SMALL: AtomicU8 = AtomicU8::new(0);
static SIGNED: AtomicI16 = AtomicI16::new(0);

#[inline(never)]
fn atomics(x: u64) -> u64 {
    let bit = 1 << (x & 63);
    fence(SeqCst);
    LARGE.fetch_add(x, SeqCst);
    LARGE.fetch_or(bit, SeqCst);
    SMALL.fetch_nand(x as u8, SeqCst);
    SMALL.fetch_max(x as u8, SeqCst);
    SIGNED.fetch_sub(x as i16, SeqCst);
    SIGNED.store(SIGNED.swap(x as i16, SeqCst), SeqCst);
    let exchanged = LARGE.compare_exchange(x, bit, SeqCst, SeqCst);
    (LARGE.fetch_and(!(1 << 5), SeqCst) & 1 << 5)
        + (LARGE.fetch_xor(1 << 7, SeqCst) & 1 << 7)
        + (LARGE.fetch_or(bit, SeqCst) & bit)
        + u64::from(exchanged.is_ok())
}

#[tracepoint]
fn codegen(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) {
    let x = ctx.event().fildes;
    if x < 1 << 40 {
        return;
    }
    let sum = at_32(x) ^ at_64(x) ^ at_128(x) ^ at_256(x) ^ at_512(x);
    let numbers = wide(x.into(), u128::from(x) << 60) as u64 ^ bits(x);
    let argument = black_box(many as Ten);
    let rest = argument(x, 1, 2, x, 4, 5, x, 7, 8, 9) ^ atomics(x);
    info!("codegen: {}", sum ^ numbers ^ rest);
}
