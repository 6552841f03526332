// SPDX-License-Identifier: GPL-2.0
//! Writes to the kernel's variables, for a test that has to undo a change that
//! userspace cannot undo.
#![no_std]
#![no_main]

mod names;

use core::ptr;

use rex::map::RexArrayMap;
use rex::tracepoint::*;
use rex::{Result, rex_map, rex_tracepoint};

use names::*;

/// The address to write to, and the byte.
#[rex_map]
static control: RexArrayMap<u64> = RexArrayMap::new(2, 0);

#[rex_tracepoint]
fn poke(
    _: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &SyscallsEnterDupCtx,
) -> Result {
    let (Some(address), Some(value)) =
        (control.get(&ADDRESS), control.get(&BYTE))
    else {
        return Ok(0);
    };
    if ctx.fildes == POKE && address != 0 {
        let byte = ptr::with_exposed_provenance_mut::<u8>(address as usize);
        // SAFETY: the test passes the address of a variable of the kernel.
        unsafe { byte.write_volatile(value as u8) };
    }
    Ok(0)
}
