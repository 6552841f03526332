// SPDX-License-Identifier: GPL-2.0
//! Operations for which CPUs have instructions of their own. The build makes two objects of
//! this program, for plain x86-64 and for all features that a program may ask for.
#![no_std]
#![no_main]

mod names;

use core::hint::black_box;

use rex::prelude::*;

use names::*;

#[map]
static ANSWERS: Array<u64> = Array::with_max_entries(NR_ANSWERS);

/// Numbers in the order of a network, in memory.
struct Bytes([u8; 14]);

#[inline(never)]
fn swapped(x: &Bytes) -> (u64, u32, u16) {
    let Bytes([a, b, c, d, e, f, g, h, rest @ ..]) = *x;
    let [i, j, k, l, m, n] = rest;
    (
        u64::from_be_bytes([a, b, c, d, e, f, g, h]),
        u32::from_be_bytes([i, j, k, l]),
        u16::from_be_bytes([m, n]),
    )
}

#[inline(never)]
fn store(x: u64, to: &mut [u8; 8]) {
    *to = x.to_be_bytes();
}

fn bytes_of(x: u64) -> Bytes {
    let mut bytes = [0; 14];
    for (number, byte) in bytes.iter_mut().enumerate() {
        *byte = (x >> (8 * (number % 8))) as u8;
    }
    Bytes(bytes)
}

#[inline(never)]
fn answer(number: u32, x: u64, y: u64) -> u64 {
    let (short, tiny) = (x as u32, x as u16);
    let bits = (y & 63) as u32;
    match number {
        ONES => x.count_ones().into(),
        ONES_32 => short.count_ones().into(),
        ONES_16 => tiny.count_ones().into(),
        LEADING => x.leading_zeros().into(),
        LEADING_32 => short.leading_zeros().into(),
        LEADING_16 => tiny.leading_zeros().into(),
        TRAILING => x.trailing_zeros().into(),
        TRAILING_32 => short.trailing_zeros().into(),
        TRAILING_16 => tiny.trailing_zeros().into(),
        SWAPPED => swapped(black_box(&bytes_of(x))).0,
        SWAPPED_32 => swapped(black_box(&bytes_of(x))).1.into(),
        SWAPPED_16 => swapped(black_box(&bytes_of(x))).2.into(),
        STORED => {
            let mut bytes = [0; 8];
            store(x, black_box(&mut bytes));
            u64::from_le_bytes(bytes)
        }
        AND_NOT => x & !y,
        WITHOUT_LOWEST => x & x.wrapping_sub(1),
        UP_TO_LOWEST => x ^ x.wrapping_sub(1),
        LOWEST => x & x.wrapping_neg(),
        FIRST_BITS => x & ((1 << bits) - 1),
        PRODUCT_HIGH => ((u128::from(x) * u128::from(y)) >> 64) as u64,
        ROTATED => x.rotate_right(13),
        SHIFTED_LEFT => x << bits,
        SHIFTED_RIGHT => x >> bits,
        SHIFTED_SIGNED => (x as i64 >> bits) as u64,
        FIELD => (x >> bits) & ((1 << (y >> 58)) - 1),
        _ => 0,
    }
}

/// Answers all questions about two numbers.
#[request]
fn answer_all(ctx: &mut RequestContext) -> Result<i32> {
    let x = ctx.arg(0).ok_or(Errno::EINVAL)?;
    let y = ctx.arg(1).ok_or(Errno::EINVAL)?;
    for number in 0..NR_ANSWERS {
        ANSWERS.set(number, answer(number, x, y))?;
    }
    Ok(0)
}
