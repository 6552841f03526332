// SPDX-License-Identifier: GPL-2.0
//! A value of several parts that all CPUs change under the value's lock.
#![no_std]
#![no_main]

use rex::prelude::*;

/// At any time `difference` is `up - down`, and `up + down` is a multiple of 3.
#[derive(Clone, Copy, Pod)]
#[repr(C)]
struct Entry {
    up: u64,
    down: u64,
    difference: i64,
}

#[map]
static MAP_ARRAY: Array<SpinLocked<Entry>> = Array::with_max_entries(1);

/// dup(2) of this descriptor panics with the lock held, after half of the change.
const PANIC_FD: u64 = 0x5e1f_0002;
/// dup(2) of this descriptor changes the value.
const CHANGE_FD: u64 = 0x5e1f_0001;

#[tracepoint]
fn rex_prog1(ctx: &mut TracepointContext<SyscallsEnterDupCtx>) -> Result {
    let fd = ctx.event().fildes & 0xffff_ffff;
    if fd != CHANGE_FD && fd != PANIC_FD {
        return Ok(());
    }
    let element = MAP_ARRAY.lookup(ctx, 0).ok_or(Errno::ENOENT)?;
    let mut entry = element.lock()?;
    entry.up += 2;
    if fd == PANIC_FD {
        panic!("up is {} and down still {}", entry.up, entry.down);
    }
    entry.down += 1;
    entry.difference += 1;
    Ok(())
    // The lock is released here, or by the kernel after a panic.
}
