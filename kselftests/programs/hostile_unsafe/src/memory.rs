// SPDX-License-Identifier: GPL-2.0
//! Accesses of unmapped or forbidden memory.

use core::arch::asm;
use core::hint::black_box;

use crate::acts::{Kernel, number};
use crate::loads::load;

/// An address in a range that kernels leave empty, also those with KASAN.
pub(crate) const HOLE: usize = 0xffff_fc00_0000_1000;

static CONSTANT: [u64; 64] = [0xc3c3_c3c3_c3c3_c3c3; 64];
static mut VARIABLE: [u64; 64] = [0xc3c3_c3c3_c3c3_c3c3; 64];

unsafe extern "C" {
    fn __x86_indirect_thunk_rax();
    fn bpf_ktime_get_ns() -> u64;
    fn bpf_get_current_comm(name: *mut u8, size: u32) -> i64;
}

fn read(address: usize) {
    black_box(unsafe { black_box(address as *const u64).read_volatile() });
}

fn write(address: usize) {
    unsafe { black_box(address as *mut u64).write_volatile(0) }
}

fn jump(address: usize) {
    let function: fn() = unsafe { core::mem::transmute(black_box(address)) };
    function();
    black_box(());
}

#[inline(never)]
pub(crate) fn null_read(_: &dyn Kernel) {
    read(0);
}

#[inline(never)]
pub(crate) fn null_write(_: &dyn Kernel) {
    write(0);
}

#[inline(never)]
pub(crate) fn null_offset_read(_: &dyn Kernel) {
    read(0x18);
}

/// Accesses memory of the current process, at an address from the test.
#[inline(never)]
pub(crate) fn user_read(_: &dyn Kernel) {
    read(number() as usize);
}

#[inline(never)]
pub(crate) fn wild_read(_: &dyn Kernel) {
    read(HOLE);
}

#[inline(never)]
pub(crate) fn wild_write(_: &dyn Kernel) {
    write(HOLE);
}

#[inline(never)]
pub(crate) fn wild_last_byte(_: &dyn Kernel) {
    let last = usize::MAX as *const u8;
    black_box(unsafe { black_box(last).read_volatile() });
}

#[inline(never)]
pub(crate) fn write_to_rodata(_: &dyn Kernel) {
    write((&raw const CONSTANT).addr());
}

#[inline(never)]
pub(crate) fn write_to_program_text(_: &dyn Kernel) {
    write(write_to_program_text as *const () as usize);
}

#[inline(never)]
pub(crate) fn write_to_kernel_text(_: &dyn Kernel) {
    write(__x86_indirect_thunk_rax as *const () as usize);
}

/// Calls the bytes that rex.ko puts in front of its helpers.
#[inline(never)]
pub(crate) fn write_to_a_gate(_: &dyn Kernel) {
    write(bpf_ktime_get_ns as *const () as usize);
}

/// A stack, in kB: with KASAN, the kernel's functions have larger frames.
const STACKS: [usize; 2] = [32, 48];

/// Returns an address a stack's size below the first frames.
pub(crate) fn guard_page() -> usize {
    let here = 0u64;
    let here = (&raw const *black_box(&here)).addr();
    let below = STACKS.map(|size| here - size * 1024);
    *below
        .iter()
        .find(|&&address| load(8, address & !7).error != 0)
        .expect("a guard page")
}

#[inline(never)]
pub(crate) fn guard_page_write(_: &dyn Kernel) {
    write(guard_page());
}

#[inline(never)]
pub(crate) fn guard_page_read(_: &dyn Kernel) {
    read(guard_page());
}

#[inline(never)]
pub(crate) fn jump_to_null(_: &dyn Kernel) {
    jump(0);
}

#[inline(never)]
pub(crate) fn jump_to_data(_: &dyn Kernel) {
    jump((&raw const VARIABLE).addr());
}

#[inline(never)]
pub(crate) fn jump_to_rodata(_: &dyn Kernel) {
    jump((&raw const CONSTANT).addr());
}

#[inline(never)]
pub(crate) fn jump_to_stack(_: &dyn Kernel) {
    let code = black_box([0xc3c3_c3c3_c3c3_c3c3u64; 4]);
    jump((&raw const *black_box(&code)).addr());
}

/// Writes to the kernel's direct map, at the current task.
#[inline(never)]
pub(crate) fn jump_to_heap(_: &dyn Kernel) {
    unsafe extern "C" {
        fn bpf_get_current_task() -> usize;
    }
    jump(unsafe { bpf_get_current_task() });
}

#[inline(never)]
pub(crate) fn jump_to_user(_: &dyn Kernel) {
    jump(number() as usize);
}

#[inline(never)]
pub(crate) fn jump_to_hole(_: &dyn Kernel) {
    jump(HOLE);
}

/// The vsyscall page, which the kernel emulates for old programs by its own handlers.
const VSYSCALL: usize = 0xffff_ffff_ff60_0000;

#[inline(never)]
pub(crate) fn vsyscall_read(_: &dyn Kernel) {
    black_box(unsafe { (VSYSCALL as *const u64).read_volatile() });
}

#[inline(never)]
pub(crate) fn jump_to_vsyscall(_: &dyn Kernel) {
    jump(VSYSCALL);
}

/// Jumps to the last address.
#[inline(never)]
pub(crate) fn jump_to_the_last_address(_: &dyn Kernel) {
    jump(usize::MAX);
}

#[inline(never)]
pub(crate) fn return_to_null(_: &dyn Kernel) {
    unsafe { asm!("push 0", "ret", options(noreturn)) }
}

// These call the kernel's memory functions with the program's arguments.

#[inline(never)]
pub(crate) fn copy_from_null(_: &dyn Kernel) {
    let mut to = [0u8; 512];
    let from = black_box(core::ptr::dangling::<u8>()).wrapping_sub(1);
    let length = black_box(512);
    unsafe { from.copy_to_nonoverlapping(to.as_mut_ptr(), length) }
    black_box(to);
}

#[inline(never)]
pub(crate) fn copy_to_null(_: &dyn Kernel) {
    let from = black_box([1u8; 512]);
    let to = black_box(core::ptr::dangling_mut::<u8>()).wrapping_sub(1);
    let length = black_box(512);
    unsafe { from.as_ptr().copy_to_nonoverlapping(to, length) }
}

#[inline(never)]
pub(crate) fn copy_to_rodata(_: &dyn Kernel) {
    let from = black_box([1u8; 512]);
    let to = black_box((&raw const CONSTANT).cast::<u8>().cast_mut());
    let length = black_box(512);
    unsafe { from.as_ptr().copy_to_nonoverlapping(to, length) }
}

#[inline(never)]
pub(crate) fn fill_null(_: &dyn Kernel) {
    let to = black_box(core::ptr::dangling_mut::<u8>()).wrapping_sub(1);
    let length = black_box(300);
    unsafe { to.write_bytes(7, length) }
}

#[inline(never)]
pub(crate) fn compare_null(_: &dyn Kernel) {
    let left = black_box([1u8; 512]);
    let right = black_box(core::ptr::dangling::<u8>()).wrapping_sub(1);
    let length = black_box(512);
    let right = unsafe { core::slice::from_raw_parts(right, length) };
    black_box(left[..length] == *right);
}

#[inline(never)]
pub(crate) fn move_from_a_hole(_: &dyn Kernel) {
    let mut to = [0u8; 512];
    let from = black_box(HOLE as *const u8);
    let length = black_box(512);
    unsafe { from.copy_to(to.as_mut_ptr(), length) }
    black_box(to);
}

#[inline(never)]
pub(crate) fn null_read_with_garbage_registers(_: &dyn Kernel) {
    unsafe {
        asm!(
            "mov rax, 0x8001020304050607",
            "mov rbx, rax",
            "mov rcx, rax",
            "mov rdx, rax",
            "mov rsi, rax",
            "mov rdi, rax",
            "mov rbp, rax",
            "mov r8, rax",
            "mov r9, rax",
            "mov r10, rax",
            "mov r11, rax",
            "mov r12, rax",
            "mov r13, rax",
            "mov r14, rax",
            "mov r15, rax",
            "std",
            "mov rax, [0]",
            options(noreturn),
        );
    }
}

/// Writes a word whose first half is in the guard page, and the second half on the
/// stack above it.
#[inline(never)]
pub(crate) fn half_of_an_access_in_a_hole(_: &dyn Kernel) {
    read(((guard_page() + 0x1000) & !0xfff) - 4);
}

/// The kernel's function writes there, which is an error of the kernel.
#[inline(never)]
pub(crate) fn hole_for_a_helper(_: &dyn Kernel) {
    let to = black_box(HOLE as *mut u8);
    black_box(unsafe { bpf_get_current_comm(to, 16) });
}
