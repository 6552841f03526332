// SPDX-License-Identifier: GPL-2.0
//! CPU exceptions.

use core::arch::asm;
use core::hint::black_box;

use crate::acts::Kernel;

/// A non-canonical address.
pub(crate) const NONCANONICAL: u64 = 0x8000_1234_5678_0000;

#[inline(never)]
pub(crate) fn ud2(_: &dyn Kernel) {
    unsafe { asm!("ud2") }
}

#[inline(never)]
pub(crate) fn ud1(_: &dyn Kernel) {
    unsafe { asm!("ud1 eax, eax") }
}

#[inline(never)]
pub(crate) fn locked_nop(_: &dyn Kernel) {
    unsafe { asm!(".byte 0xf0, 0x90") }
}

#[inline(never)]
pub(crate) fn int3(_: &dyn Kernel) {
    unsafe { asm!("int3") }
}

#[inline(never)]
pub(crate) fn int3_of_two_bytes(_: &dyn Kernel) {
    unsafe { asm!(".byte 0xcd, 0x03") }
}

#[inline(never)]
pub(crate) fn divide_error(_: &dyn Kernel) {
    unsafe {
        asm!("div ecx", inout("eax") 1 => _, inout("edx") 0 => _, in("ecx") 0);
    }
}

#[inline(never)]
pub(crate) fn overflow_trap(_: &dyn Kernel) {
    unsafe { asm!("int 4") }
}

#[inline(never)]
pub(crate) fn bounds_trap(_: &dyn Kernel) {
    unsafe { asm!("int 5") }
}

#[inline(never)]
pub(crate) fn noncanonical_read(_: &dyn Kernel) {
    black_box(unsafe { (NONCANONICAL as *const u64).read_volatile() });
}

#[inline(never)]
pub(crate) fn noncanonical_write(_: &dyn Kernel) {
    unsafe { (NONCANONICAL as *mut u64).write_volatile(1) }
}

/// Jumps by one of the kernel's thunks for indirect branches.
#[inline(never)]
pub(crate) fn noncanonical_jump(_: &dyn Kernel) {
    let target = black_box(NONCANONICAL);
    let function: fn() = unsafe { core::mem::transmute(target) };
    function();
}

#[inline(never)]
pub(crate) fn noncanonical_return(_: &dyn Kernel) {
    unsafe {
        asm!("push {}", "ret", in(reg) NONCANONICAL, options(noreturn));
    }
}

/// Accesses memory through the stack's segment, with an invalid frame pointer.
#[inline(never)]
pub(crate) fn noncanonical_stack_segment(_: &dyn Kernel) {
    unsafe {
        asm!(
            "mov rbp, {}",
            "mov rax, [rbp]",
            in(reg) NONCANONICAL,
            options(noreturn),
        );
    }
}

#[inline(never)]
pub(crate) fn bad_segment(_: &dyn Kernel) {
    unsafe { asm!("mov es, {:x}", in(reg) 0xfff8u16) }
}

#[inline(never)]
pub(crate) fn bad_task_register(_: &dyn Kernel) {
    unsafe { asm!("ltr {:x}", in(reg) 0xfff8u16) }
}

#[inline(never)]
pub(crate) fn xsetbv_of_no_register(_: &dyn Kernel) {
    unsafe { asm!("xsetbv", in("ecx") 77, in("eax") 0, in("edx") 0) }
}

#[inline(never)]
pub(crate) fn misaligned_cmpxchg16b(_: &dyn Kernel) {
    let mut place = [0u64; 8];
    let address = (place.as_mut_ptr().addr() & !15) + 24;
    unsafe {
        asm!(
            "push rbx",
            "xor ebx, ebx",
            "cmpxchg16b [{}]",
            "pop rbx",
            in(reg) address,
            inout("rax") 0u64 => _,
            inout("rdx") 0u64 => _,
            in("rcx") 0u64,
        );
    }
    black_box(place);
}

#[inline(never)]
pub(crate) fn ud2_with_direction_flag(_: &dyn Kernel) {
    unsafe { asm!("std", "ud2") }
}

/// Changes all registers except the stack pointer.
#[inline(never)]
pub(crate) fn ud2_with_garbage_registers(_: &dyn Kernel) {
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
            "ud2",
            options(noreturn),
        );
    }
}

#[inline(never)]
fn inner(obj: &dyn Kernel, depth: u64) -> u64 {
    let frame = black_box([depth; 4]);
    if depth == 0 {
        ud2(obj);
        return frame[0];
    }
    inner(obj, depth - 1) + black_box(frame)[1]
}

#[inline(never)]
pub(crate) fn ud2_in_a_nested_call(obj: &dyn Kernel) {
    black_box(inner(obj, 5));
}
