// SPDX-License-Identifier: GPL-2.0
//! Programs that panic, each in its own way, at `dup(2)` of a descriptor that
//! no process has: only a test triggers them.
#![no_std]
#![no_main]

mod names;

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::tracepoint::*;
use rex::{Result, rex_kprobe, rex_tracepoint};

use names::*;

#[inline(never)]
fn innermost_unwrap(value: Option<u64>) -> u64 {
    value.unwrap()
}

#[inline(never)]
fn middle_of_the_call_chain(fd: u64) -> u64 {
    innermost_unwrap((fd != UNWRAP).then_some(fd)) + 1
}

#[rex_tracepoint(default_ret = 0)]
fn unwraps_none(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    Ok((middle_of_the_call_chain(ctx.fildes) & 1) as i32)
}

#[inline(never)]
fn element_of_a_table(index: usize) -> i32 {
    let table = [3, 1, 4, 1, 5, 9, 2, 6];
    table[index]
}

#[rex_tracepoint]
fn indexes_out_of_bounds(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    match ctx.fildes.checked_sub(INDEX) {
        Some(index @ 0..256) => Ok(element_of_a_table(index as usize)),
        _ => Ok(0),
    }
}

#[inline(never)]
fn sum_that_overflows(a: i32, b: i32) -> i32 {
    a + b
}

#[rex_tracepoint]
fn overflows(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if ctx.fildes != OVERFLOW {
        return Ok(0);
    }
    Ok(sum_that_overflows(i32::MAX, ctx.fildes as i32 & 3))
}

struct PanicsWhenShown;

impl core::fmt::Display for PanicsWhenShown {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("so far and ")?;
        panic!("no further");
    }
}

#[rex_tracepoint]
fn panics_twice(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    if ctx.fildes == TWICE {
        panic!("the message goes {}", PanicsWhenShown);
    }
    Ok(0)
}

/// Runs where a test attaches it, such as `__x64_sys_dup`, whose argument is a
/// pointer to the caller's registers.
#[rex_kprobe]
fn panics_in_kprobe(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let mut fd = 0u64;
    let rdi = (ctx.rdi() as usize + 14 * 8) as *const ();
    obj.bpf_probe_read_kernel(&mut fd, rdi)?;
    if fd == UNWRAP {
        panic!("kprobe program was told to panic by descriptor {fd:#x}");
    }
    Ok(0)
}
