// SPDX-License-Identifier: GPL-2.0
//! Programs in safe Rust that do not end by themselves, at `dup(2)` of a
//! descriptor that no process has. One program a hostile act; the descriptor
//! picks it.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use core::hint::black_box;

use rex::map::RexHashMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

#[rex_map]
static scratch: RexHashMap<u64, u64> = RexHashMap::new(16, 0);

type Obj = tracepoint<SyscallsEnterDupCtx>;

#[inline(never)]
fn descend(depth: u64) -> u64 {
    let local = black_box([depth; 8]);
    if black_box(false) {
        return 0;
    }
    descend(depth + 1) + black_box(local)[0]
}

fn spin() -> Result {
    loop {
        black_box(());
    }
}

fn spin_in_helpers(obj: &Obj) -> Result {
    loop {
        black_box(obj.bpf_ktime_get_ns());
    }
}

fn spin_in_maps() -> Result {
    let mut key = 0;
    loop {
        let _ = scratch.insert(&(key % 16), &key);
        key += 1;
    }
}

/// The acts, one program each.
#[rex_tracepoint(timeout_ms = 200)]
fn loops(_: &Obj, ctx: &SyscallsEnterDupCtx) -> Result {
    if ctx.fildes == 0x5e1f_3000 { spin() } else { Ok(0) }
}

/// Ends only where helpers return.
#[rex_tracepoint(timeout_ms = 200)]
fn loops_in_helpers(obj: &Obj, ctx: &SyscallsEnterDupCtx) -> Result {
    match ctx.fildes {
        0x5e1f_3001 => spin_in_helpers(obj),
        0x5e1f_3002 => spin_in_maps(),
        _ => Ok(0),
    }
}

/// Needs more stack than there is.
#[rex_tracepoint]
fn recurses(_: &Obj, ctx: &SyscallsEnterDupCtx) -> Result {
    if ctx.fildes == 0x5e1f_3003 {
        return Ok(descend(0) as i32);
    }
    Ok(0)
}
