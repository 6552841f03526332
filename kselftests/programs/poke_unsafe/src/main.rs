// SPDX-License-Identifier: GPL-2.0
//! Writes to the kernel's variables, for a test that has to undo what the kernel
//! lets nobody undo.
#![no_std]
#![no_main]

use core::ptr;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

/// The event, the address of a byte, and its new value.
#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(3, 0);

#[rex_tracepoint]
fn poke(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    let (Some(event), Some(address), Some(value)) =
        (control.get(&0), control.get(&1), control.get(&2))
    else {
        return Ok(0);
    };
    if ctx.fildes == event {
        let byte = ptr::with_exposed_provenance_mut::<u8>(address as usize);
        // SAFETY: the test says where: a variable of the kernel.
        unsafe { byte.write_volatile(value as u8) };
    }
    Ok(0)
}
