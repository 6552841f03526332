// SPDX-License-Identifier: GPL-2.0
//! Faults in functions of programs that have no frame: the instruction is in the function
//! that the kernel calls, or in what that function jumps to as its last act.
#![no_std]
#![no_main]
#![allow(clippy::undocumented_unsafe_blocks)]

#[macro_use]
#[path = "../../by_hand.rs"]
mod by_hand;

use core::arch::asm;
use core::ffi::c_void;
use core::mem::transmute;

/// An address that is not canonical.
const NONCANONICAL: usize = 0x8000_1234_5678_0000;
/// A canonical one where nothing is.
const HOLE: usize = 0xffff_fc00_0000_1000;

/// Has a caller make its frame only where it calls this: it needs registers there.
#[inline(always)]
fn far(ctx: *mut c_void, value: u32) -> u32 {
    #[inline(never)]
    fn read(ctx: *mut c_void) -> u32 {
        unsafe { ctx.cast::<u32>().read_volatile() }
    }

    if value != 1 {
        return value;
    }
    read(ctx).wrapping_add(read(ctx)).wrapping_add(read(ctx))
}

extern "C" fn ud2(ctx: *mut c_void) -> u32 {
    let value;
    unsafe { asm!("ud2", out("eax") value, options(nomem, nostack)) }
    far(ctx, value)
}

extern "C" fn null_read(ctx: *mut c_void) -> u32 {
    let mut address = 8usize;
    // The check of the object refuses a constant.
    unsafe { asm!("/* {0:r} */", inout(reg) address, options(nomem, nostack)) }
    far(ctx, unsafe { (address as *const u32).read_volatile() })
}

extern "C" fn compare_null(ctx: *mut c_void) -> u32 {
    unsafe extern "C" {
        fn memcmp(a: *const c_void, b: *const c_void, len: usize) -> u32;
    }
    unsafe { memcmp(ctx, 8 as *const c_void, 64) }
}

/// Jumps to `address`, unless the compiler calls it.
#[inline(always)]
fn jump(ctx: *mut c_void, address: usize) -> u32 {
    type Target = extern "C" fn(*mut c_void) -> u32;
    unsafe { transmute::<usize, Target>(address)(ctx) }
}

extern "C" fn jump_to_noncanonical(ctx: *mut c_void) -> u32 {
    jump(ctx, NONCANONICAL)
}

extern "C" fn jump_to_hole(ctx: *mut c_void) -> u32 {
    jump(ctx, HOLE)
}

extern "C" fn jump_to_null(ctx: *mut c_void) -> u32 {
    jump(ctx, 8)
}

programs! { ud2: "ud2": tracepoint in "tracepoint/syscalls/sys_enter_dup", }
programs! { null_read: "null_read": tracepoint in "tracepoint/syscalls/sys_enter_dup", }
programs! { compare_null: "compare_null": tracepoint in "tracepoint/syscalls/sys_enter_dup", }
programs! {
    jump_to_noncanonical:
    "jump_to_noncanonical": tracepoint in "tracepoint/syscalls/sys_enter_dup",
}
programs! { jump_to_hole: "jump_to_hole": tracepoint in "tracepoint/syscalls/sys_enter_dup", }
programs! { jump_to_null: "jump_to_null": tracepoint in "tracepoint/syscalls/sys_enter_dup", }
