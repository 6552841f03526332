// SPDX-License-Identifier: GPL-2.0
//@ error: too large for a program
//! Arguments on the stack are part of a frame, also if the compiler pushes some.
#![no_std]
#![no_main]

use core::hint::black_box;
use rex::tracepoint::*;
use rex::{Result, rex_tracepoint};

type Page = [u64; 512];
static DATA: [Page; 100] = [[0x4141_4141_4141_4141; 512]; 100];

#[inline(never)]
extern "C" fn take<const K: usize>(pages: [Page; K]) -> u64 {
    black_box(&pages)[0][0]
}

type Many = fn(u64, u64, u64, u64, u64, u64, u64, u64, u64, u64) -> u64;

#[allow(clippy::too_many_arguments)]
#[inline(never)]
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

#[inline(never)]
fn jump<const K: usize>() -> u64 {
    let x = black_box(many as Many)(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    match DATA.first_chunk::<K>() {
        Some(pages) => {
            x + black_box(take::<K> as extern "C" fn([Page; K]) -> u64)(*pages)
        }
        None => x,
    }
}

#[rex_tracepoint]
fn prog(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if ctx.fildes == 91 {
        return Ok(jump::<91>() as i32);
    }
    Ok(0)
}
