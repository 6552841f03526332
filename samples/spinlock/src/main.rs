// SPDX-License-Identifier: GPL-2.0
//! A value of several parts that belong together, which all CPUs change under the
//! value's lock.
#![no_std]
#![no_main]

use rex::linux::errno::ENOENT;
use rex::map::RexArrayMap;
use rex::spinlock::SpinLocked;
use rex::tracepoint::*;
use rex::{Pod, Result, rex_map, rex_tracepoint};

/// At any time `difference` is `up - down`, and `up + down` is a multiple of 3.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Entry {
    up: u64,
    down: u64,
    difference: i64,
}

#[rex_map]
static MAP_ARRAY: RexArrayMap<SpinLocked<Entry>> = RexArrayMap::new(1, 0);

/// dup(2) of this descriptor panics with the lock held, after half of the change.
const PANIC_FD: u64 = 0x5e1f_0002;
/// dup(2) of this one changes the value.
const CHANGE_FD: u64 = 0x5e1f_0001;

#[rex_tracepoint]
fn rex_prog1(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &'static SyscallsEnterDupCtx,
) -> Result {
    let fd = ctx.fildes & 0xffff_ffff;
    if fd != CHANGE_FD && fd != PANIC_FD {
        return Ok(0);
    }
    let element = obj.bpf_map_lookup_elem(&MAP_ARRAY, &0).ok_or(-ENOENT)?;
    let mut entry = element.lock()?;
    entry.up += 2;
    if fd == PANIC_FD {
        panic!("up is {} and down still {}", entry.up, entry.down);
    }
    entry.down += 1;
    entry.difference += 1;
    Ok(0)
    // The lock is released here, or by the kernel after a panic.
}
